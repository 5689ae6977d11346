using System.Buffers;

namespace Modular.Mail.Smtp.Server;

/// <summary>What <see cref="LineReader"/> found at the start of a buffer.</summary>
public enum LineStatus
{
    /// <summary>A whole line, now consumed.</summary>
    Complete,

    /// <summary>No line end yet; nothing is consumed.</summary>
    Incomplete,

    /// <summary>More bytes than allowed. The line is consumed when its end is there, else nothing is.</summary>
    TooLong,

    /// <summary>A CR without LF or an LF without CR; nothing is consumed, for nobody knows where the line ends.</summary>
    BareCrOrLf,
}

/// <summary>Reads command lines (RFC 5321 §2.3.8): they end in CRLF and in nothing else.</summary>
public static class LineReader
{
    /// <param name="maxBytes">The longest line taken, its CRLF included: 512 without extensions (RFC 5321 §4.5.3.1.4).</param>
    /// <param name="line">Without its CRLF.</param>
    public static LineStatus TryRead(ref ReadOnlySequence<byte> buffer, int maxBytes, out ReadOnlySequence<byte> line)
    {
        line = default;
        var reader = new SequenceReader<byte>(buffer);
        if (!reader.TryReadToAny(out ReadOnlySequence<byte> found, "\r\n"u8, advancePastDelimiter: false))
            return buffer.Length > maxBytes - 2 ? LineStatus.TooLong : LineStatus.Incomplete;
        if (reader.IsNext((byte)'\n', advancePast: true))
            return LineStatus.BareCrOrLf;

        reader.Advance(1);
        if (!reader.TryRead(out var next))
            return found.Length > maxBytes - 2 ? LineStatus.TooLong : LineStatus.Incomplete;
        if (next is not (byte)'\n')
            return LineStatus.BareCrOrLf;

        buffer = buffer.Slice(reader.Position);
        if (found.Length > maxBytes - 2)
            return LineStatus.TooLong;
        line = found;
        return LineStatus.Complete;
    }
}
