using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Modular.Mail.Text;

namespace Modular.Mail.Mime;

/// <summary>
/// Encoded words (RFC 2047 §2), written in UTF-8: at most 75 characters each, whole code points in each, lines of at most 76.
/// Q or B, whichever is shorter; Q uses only the letters that are safe in a phrase (RFC 2047 §5(3)).
/// </summary>
internal static class EncodedWords
{
    private const int LineOctets = 76;
    private const int MostWordOctets = 75;
    private const int Overhead = 12; // =?utf-8?q??=
    private const int LeastPayload = 12; // one code point of four octets in Q

    private static readonly SearchValues<byte> PlainInQ = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/ "u8);

    /// <param name="blanks">Written in front, after a fold when the line is full.</param>
    /// <param name="text">Holds no half surrogate pairs.</param>
    public static void Write(ref ByteCursor cursor, scoped ReadOnlySpan<char> blanks, scoped ReadOnlySpan<char> text)
    {
        var octets = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var rest = octets.AsSpan(0, Encoding.UTF8.GetBytes(text, octets));
        var inQ = CostInQ(rest) <= (rest.Length + 2) / 3 * 4;
        var isFirst = true;
        while (!rest.IsEmpty)
        {
            var before = isFirst ? blanks.Length : 1;
            if (!isFirst || cursor.Column + before + Overhead + LeastPayload > LineOctets)
                cursor.EndLine();
            if (isFirst)
                cursor.WriteAscii(blanks);
            // A name so long that the first word starts a line of its own still needs the blank that makes it a continuation.
            if (cursor.Column == 0)
                cursor.Write((byte)' ');
            isFirst = false;

            var payload = Math.Min(MostWordOctets, LineOctets - cursor.Column) - Overhead;
            var taken = TakeWholeCodePoints(rest, payload, inQ);
            if (inQ)
                WriteQ(ref cursor, rest[..taken]);
            else
                WriteB(ref cursor, rest[..taken]);
            rest = rest[taken..];
        }

        ArrayPool<byte>.Shared.Return(octets);
    }

    private static int TakeWholeCodePoints(ReadOnlySpan<byte> octets, int payload, bool inQ)
    {
        var taken = 0;
        var cost = 0;
        while (taken < octets.Length)
        {
            Rune.DecodeFromUtf8(octets[taken..], out _, out var length);
            cost = inQ ? cost + CostInQ(octets.Slice(taken, length)) : (taken + length + 2) / 3 * 4;
            if (cost > payload)
                break;
            taken += length;
        }

        return taken;
    }

    private static int CostInQ(ReadOnlySpan<byte> octets)
    {
        var cost = 0;
        foreach (var octet in octets)
            cost += PlainInQ.Contains(octet) ? 1 : 3;
        return cost;
    }

    private static void WriteQ(ref ByteCursor cursor, scoped ReadOnlySpan<byte> octets)
    {
        cursor.Write("=?utf-8?q?"u8);
        foreach (var octet in octets)
        {
            if (octet is (byte)' ')
                cursor.Write((byte)'_');
            else if (PlainInQ.Contains(octet))
                cursor.Write(octet);
            else
                cursor.Advance(QuotedPrintable.Escape(octet, cursor.Room(3)));
        }

        cursor.Write("?="u8);
    }

    private static void WriteB(ref ByteCursor cursor, scoped ReadOnlySpan<byte> octets)
    {
        cursor.Write("=?utf-8?b?"u8);
        Base64.EncodeToUtf8(octets, cursor.Room(MostWordOctets), out _, out var written);
        cursor.Advance(written);
        cursor.Write("?="u8);
    }
}
