using System.Buffers;
using Modular.Mail.Text;

namespace Modular.Mail.Mime;

/// <summary>Quoted-printable (RFC 2045 §6.7) for text: output lines of at most 76 octets, ended by CRLF.</summary>
public static class QuotedPrintable
{
    private const int LineOctets = 76;

    private static readonly SearchValues<byte> Safe = SearchValues.Create(
        [.. Enumerable.Range(' ', '~' - ' ' + 1).Select(b => (byte)b).Where(b => b is not (byte)'='), (byte)'\t']);

    /// <summary>
    /// Encodes text whose lines end in LF or CRLF; decoding gives the same text with CRLF. A dot or "From " that would begin a line is
    /// encoded too, so that nothing on the way needs to stuff or quote it.
    /// </summary>
    public static void Encode(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        var cursor = new ByteCursor(output);
        Encode(text, ref cursor);
        cursor.Flush();
    }

    internal static void Encode(scoped ReadOnlySpan<byte> text, ref ByteCursor cursor)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            if (end < 0)
            {
                EncodeLine(text, ref cursor);
                return;
            }

            EncodeLine(text[..(end > 0 && text[end - 1] is (byte)'\r' ? end - 1 : end)], ref cursor);
            cursor.Write("\r\n"u8);
            text = text[(end + 1)..];
        }
    }

    private static void EncodeLine(scoped ReadOnlySpan<byte> line, ref ByteCursor cursor)
    {
        var endsBlank = line is [.., (byte)' ' or (byte)'\t'];
        var rest = endsBlank ? line[..^1] : line;
        var last = endsBlank ? LineOctets - 1 : LineOctets; // the column that the end of the line may reach
        var column = 0;
        var room = cursor.Room(LineOctets + 3);
        while (!rest.IsEmpty)
        {
            if (column is 0 && MustHideStart(rest))
            {
                column += Escape(rest[0], room[column..]);
                rest = rest[1..];
                continue;
            }

            var window = rest.Length <= last - column ? rest : rest[..(LineOctets - 1 - column)];
            var run = window.IndexOfAnyExcept(Safe);
            if (run < 0)
                run = window.Length;
            window[..run].CopyTo(room[column..]);
            column += run;
            rest = rest[run..];
            if (rest.IsEmpty)
                break;
            if (run < window.Length && column + 3 <= (rest.Length is 1 ? last : LineOctets - 1))
            {
                column += Escape(rest[0], room[column..]);
                rest = rest[1..];
            }
            else
            {
                SoftBreak(ref cursor, room, ref column);
                room = cursor.Room(LineOctets + 3);
            }
        }

        if (endsBlank)
        {
            if (column + 3 > LineOctets)
            {
                SoftBreak(ref cursor, room, ref column);
                room = cursor.Room(LineOctets + 3);
            }

            column += Escape(line[^1], room[column..]);
        }

        cursor.Advance(column);
    }

    private static bool MustHideStart(ReadOnlySpan<byte> rest) => rest[0] is (byte)'.' || (rest[0] is (byte)'F' && rest.StartsWith("From "u8));

    /// <summary>Writes the three octets of an escape and returns their number.</summary>
    internal static int Escape(byte octet, Span<byte> room)
    {
        var hex = "0123456789ABCDEF"u8;
        room[0] = (byte)'=';
        room[1] = hex[octet >> 4];
        room[2] = hex[octet & 15];
        return 3;
    }

    private static void SoftBreak(ref ByteCursor cursor, Span<byte> room, ref int column)
    {
        "=\r\n"u8.CopyTo(room[column..]);
        cursor.Advance(column + 3);
        column = 0;
    }
}
