using System.Buffers;

namespace Modular.Fuzz;

/// <summary>Octets as a network delivers them: in blocks.</summary>
internal sealed class Blocks : ReadOnlySequenceSegment<byte>
{
    private Blocks(ReadOnlyMemory<byte> memory, long start)
    {
        Memory = memory;
        RunningIndex = start;
    }

    /// <param name="size">Octets of every block but the last.</param>
    public static ReadOnlySequence<byte> Of(ReadOnlyMemory<byte> octets, int size)
    {
        var first = new Blocks(octets[..Math.Min(size, octets.Length)], 0);
        var last = first;
        for (var at = first.Memory.Length; at < octets.Length; at += size)
        {
            var next = new Blocks(octets.Slice(at, Math.Min(size, octets.Length - at)), at);
            last.Next = next;
            last = next;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }
}
