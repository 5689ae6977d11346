using System.Buffers;
using System.Diagnostics;

namespace Modular.Mail.Text;

/// <summary>Appends to a buffer writer in larger steps than the writer's interface calls, and counts what it wrote. Flush at the end.</summary>
internal ref struct ByteCursor(IBufferWriter<byte> output)
{
    private const int LeastStep = 1024;

    private Span<byte> room;
    private int used;
    private long flushed;
    private long lineStart;

    public readonly long Written => flushed + used;

    /// <summary>Octets since the last <see cref="EndLine"/>.</summary>
    public readonly int Column => (int)(Written - lineStart);

    /// <summary>At least this many octets to write into; nothing counts until <see cref="Advance"/>.</summary>
    public Span<byte> Room(int octets)
    {
        if (room.Length - used < octets)
        {
            Flush();
            room = output.GetSpan(Math.Max(octets, LeastStep));
        }

        return room[used..];
    }

    public void Advance(int octets)
    {
        Debug.Assert(used + octets <= room.Length);
        used += octets;
    }

    public void Write(byte octet)
    {
        Room(1)[0] = octet;
        used++;
    }

    public void Write(scoped ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(Room(octets.Length));
        used += octets.Length;
    }

    /// <summary>Writes characters that the caller knows to be ASCII.</summary>
    public void WriteAscii(scoped ReadOnlySpan<char> text)
    {
        var status = System.Text.Ascii.FromUtf16(text, Room(text.Length), out var written);
        Debug.Assert(status is OperationStatus.Done);
        used += written;
    }

    public void WriteUtf8(scoped ReadOnlySpan<char> text)
    {
        var room = Room(System.Text.Encoding.UTF8.GetMaxByteCount(text.Length));
        used += System.Text.Encoding.UTF8.GetBytes(text, room);
    }

    /// <summary>Writes whole lines, the last of them ended.</summary>
    public void WriteLines(scoped ReadOnlySpan<byte> lines)
    {
        Write(lines);
        lineStart = Written;
    }

    public void EndLine()
    {
        Write("\r\n"u8);
        lineStart = Written;
    }

    public void Flush()
    {
        if (used > 0)
            output.Advance(used);
        flushed += used;
        used = 0;
        room = default;
    }
}
