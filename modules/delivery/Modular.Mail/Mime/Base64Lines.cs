using System.Buffers;
using System.Buffers.Text;
using Modular.Mail.Text;

namespace Modular.Mail.Mime;

/// <summary>Base64 (RFC 2045 §6.8) in lines of 76 octets, ended by CRLF.</summary>
public static class Base64Lines
{
    private const int LineInput = 57;
    private const int LineOctets = 76;

    public static void Encode(ReadOnlySpan<byte> octets, IBufferWriter<byte> output)
    {
        var cursor = new ByteCursor(output);
        Encode(octets, ref cursor);
        cursor.Flush();
    }

    internal static void Encode(scoped ReadOnlySpan<byte> octets, ref ByteCursor cursor)
    {
        while (!octets.IsEmpty)
        {
            var taken = Math.Min(octets.Length, LineInput);
            var room = cursor.Room(LineOctets + 2);
            Base64.EncodeToUtf8(octets[..taken], room, out _, out var written);
            "\r\n"u8.CopyTo(room[written..]);
            cursor.Advance(written + 2);
            octets = octets[taken..];
        }
    }

    /// <summary>Text is encoded with CRLF line ends, whatever it came with (RFC 2045 §6.8).</summary>
    internal static void EncodeText(scoped ReadOnlySpan<byte> text, ref ByteCursor cursor)
    {
        var copy = ArrayPool<byte>.Shared.Rent(text.Length + text.Count((byte)'\n'));
        var length = 0;
        while (text.IndexOf((byte)'\n') is >= 0 and var end)
        {
            var line = text[..(end > 0 && text[end - 1] is (byte)'\r' ? end - 1 : end)];
            line.CopyTo(copy.AsSpan(length));
            "\r\n"u8.CopyTo(copy.AsSpan(length + line.Length));
            length += line.Length + 2;
            text = text[(end + 1)..];
        }

        text.CopyTo(copy.AsSpan(length));
        Encode(copy.AsSpan(0, length + text.Length), ref cursor);
        ArrayPool<byte>.Shared.Return(copy);
    }
}
