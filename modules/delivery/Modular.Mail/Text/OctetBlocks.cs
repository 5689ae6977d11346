using System.Buffers;

namespace Modular.Mail.Text;

/// <summary>
/// Octets that lie in one block or in many, addressed by their offset from the first. Nothing is copied but a slice that crosses the
/// border of two blocks, when it is asked for. Thread-safe, as long as the octets do not change.
/// </summary>
internal sealed class OctetBlocks
{
    private readonly ReadOnlySequence<byte> sequence;
    private readonly ReadOnlyMemory<byte>[] blocks;
    private readonly int[] starts; // offset of each block's first octet

    /// <param name="octets">What lies beyond 2 GB is not seen.</param>
    public OctetBlocks(in ReadOnlySequence<byte> octets)
    {
        sequence = octets.Slice(0, Math.Min(octets.Length, Array.MaxLength));
        var found = new List<ReadOnlyMemory<byte>>(1);
        foreach (var block in sequence)
        {
            if (!block.IsEmpty)
                found.Add(block);
        }

        blocks = found.Count > 0 ? [.. found] : [ReadOnlyMemory<byte>.Empty];
        starts = new int[blocks.Length];
        for (var i = 1; i < blocks.Length; i++)
            starts[i] = starts[i - 1] + blocks[i - 1].Length;
        Length = (int)sequence.Length;
    }

    public int Length { get; }

    public byte this[int at]
    {
        get
        {
            var block = BlockOf(at);
            return blocks[block].Span[at - starts[block]];
        }
    }

    /// <summary>A view where the slice lies in one block, else a copy.</summary>
    public ReadOnlyMemory<byte> Slice(int from, int to)
    {
        if (from >= to)
            return default;
        var block = BlockOf(from);
        var offset = from - starts[block];
        return to - from <= blocks[block].Length - offset ? blocks[block].Slice(offset, to - from) : sequence.Slice(from, to - from).ToArray();
    }

    /// <summary>The octets where they lie.</summary>
    public ReadOnlySequence<byte> Sequence(int from, int to) => sequence.Slice(from, Math.Max(0, to - from));

    /// <summary>At most so many octets from there on, fewer at the end.</summary>
    public ReadOnlySpan<byte> Peek(int at, int most) => Slice(at, at + Math.Min(most, Length - at)).Span;

    public bool StartsWith(int at, ReadOnlySpan<byte> octets) => Peek(at, octets.Length).SequenceEqual(octets);

    /// <summary>Offset of the first such octet at or behind that offset; negative when there is none.</summary>
    public int IndexOf(byte octet, int from)
    {
        if (from >= Length)
            return -1;
        for (var block = BlockOf(from); block < blocks.Length; block++)
        {
            var offset = Math.Max(0, from - starts[block]);
            if (blocks[block].Span[offset..].IndexOf(octet) is >= 0 and var found)
                return starts[block] + offset + found;
        }

        return -1;
    }

    /// <summary>Offset of the first line at or behind that offset that begins with two dashes and follows a line end; negative when there is none.</summary>
    public int IndexOfDashes(byte lineEnd, int from)
    {
        if (from >= Length)
            return -1;
        ReadOnlySpan<byte> pattern = [lineEnd, (byte)'-', (byte)'-'];
        for (var block = BlockOf(from); block < blocks.Length; block++)
        {
            var offset = Math.Max(0, from - starts[block]);
            var span = blocks[block].Span;
            if (span[offset..].IndexOf(pattern) is >= 0 and var found)
                return starts[block] + offset + found + 1;
            for (var at = Math.Max(offset, span.Length - pattern.Length + 1); at < span.Length; at++)
            {
                if (span[at] == lineEnd && StartsWith(starts[block] + at, pattern))
                    return starts[block] + at + 1;
            }
        }

        return -1;
    }

    private int BlockOf(int at)
    {
        if (starts.Length is 1)
            return 0;
        var found = Array.BinarySearch(starts, at);
        return found >= 0 ? found : ~found - 1;
    }
}
