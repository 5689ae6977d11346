using System.Buffers;

namespace Modular.Mail.Tests.Smtp;

/// <summary>The same bytes in every way the network may cut them.</summary>
internal static class Wire
{
    /// <summary>One sequence per cut into two segments, the uncut one first, and one of single bytes.</summary>
    public static IEnumerable<ReadOnlySequence<byte>> EverySplit(byte[] bytes)
    {
        yield return new ReadOnlySequence<byte>(bytes);
        for (var cut = 1; cut < bytes.Length; cut++)
            yield return Segments(bytes[..cut], bytes[cut..]);
        if (bytes.Length > 2)
            yield return Segments([.. bytes.Select(b => new[] { b })]);
    }

    public static IEnumerable<ReadOnlySequence<byte>> EverySplit(string latin1) => EverySplit(Bytes(latin1));

    /// <summary>Each character one byte.</summary>
    public static byte[] Bytes(string latin1) => System.Text.Encoding.Latin1.GetBytes(latin1);

    public static string Text(ReadOnlySpan<byte> bytes) => System.Text.Encoding.Latin1.GetString(bytes);

    public static ReadOnlySequence<byte> Segments(params byte[][] parts)
    {
        var first = new Segment(parts[0], null);
        var last = first;
        foreach (var part in parts.Skip(1))
            last = new Segment(part, last);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, Segment? before)
        {
            Memory = bytes;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
