using System.Buffers;
using System.Text;
using Modular.Mail.Text;

namespace Modular.Mail.Mime;

/// <summary>
/// Writes the parameters of structured fields: as they are where they are short ASCII, else in UTF-8 (RFC 2231 §4), in pieces of one
/// line each where one line is not enough (RFC 2231 §3). No piece cuts a character.
/// </summary>
internal static class ParameterWriter
{
    private const int LineOctets = 78;

    private static readonly SearchValues<char> TokenChars = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`{|}~");

    /// <summary>RFC 2231 §7: a token's characters but <c>* ' %</c>; braces are escaped too, for readers that trip over them.</summary>
    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`|~"u8);

    /// <summary>RFC 2045 §5.1; of at most 60 characters, so that one fits a line in every form.</summary>
    public static bool IsToken(string? text) => text is { Length: > 0 and <= 60 } && !text.AsSpan().ContainsAnyExcept(TokenChars);

    /// <param name="name">A token.</param>
    public static void Write(ref ByteCursor cursor, string name, HeaderText value)
    {
        var text = value.ToString();
        // What looks like an encoded word would be read as one by those who accept them here.
        var quoted = Ascii.IsValid(text) && !text.Contains("=?", StringComparison.Ordinal) ? Quote(text) : null;
        if (quoted is not null && 1 + name.Length + 1 + quoted.Length + 1 <= LineOctets)
        {
            cursor.Write((byte)';');
            if (cursor.Column + 1 + name.Length + 1 + quoted.Length + 1 > LineOctets)
                cursor.EndLine();
            cursor.Write((byte)' ');
            cursor.WriteAscii(name);
            cursor.Write((byte)'=');
            cursor.WriteAscii(quoted);
            return;
        }

        WriteExtended(ref cursor, name, Encoding.UTF8.GetBytes(text));
    }

    private static void WriteExtended(ref ByteCursor cursor, string name, ReadOnlySpan<byte> octets)
    {
        const string Charset = "UTF-8''";
        var isWhole = 1 + name.Length + 2 + Charset.Length + Cost(octets) + 1 <= LineOctets;
        for (var piece = 0; piece is 0 || !octets.IsEmpty; piece++)
        {
            cursor.Write((byte)';');
            cursor.EndLine();
            cursor.Write((byte)' ');
            cursor.WriteAscii(name);
            cursor.WriteAscii(isWhole ? "*=" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"*{piece}*="));
            if (piece is 0)
                cursor.WriteAscii(Charset);
            var taken = TakeWholeCodePoints(octets, LineOctets - 1 - cursor.Column);
            WriteEscaped(ref cursor, octets[..taken]);
            octets = octets[taken..];
        }
    }

    private static int TakeWholeCodePoints(ReadOnlySpan<byte> octets, int room)
    {
        var taken = 0;
        while (taken < octets.Length)
        {
            Rune.DecodeFromUtf8(octets[taken..], out _, out var length);
            room -= Cost(octets.Slice(taken, length));
            // A name of 60 leaves no room for the first character: that line is longer than it should be, and still far below 998.
            if (room < 0 && taken > 0)
                break;
            taken += length;
        }

        return taken;
    }

    private static int Cost(ReadOnlySpan<byte> octets)
    {
        var cost = 0;
        foreach (var octet in octets)
            cost += Plain.Contains(octet) ? 1 : 3;
        return cost;
    }

    private static void WriteEscaped(ref ByteCursor cursor, ReadOnlySpan<byte> octets)
    {
        foreach (var octet in octets)
        {
            if (Plain.Contains(octet))
                cursor.Write(octet);
            else
                cursor.WriteAscii($"%{octet:X2}");
        }
    }

    private static string Quote(string text) => IsToken(text)
        ? text
        : string.Concat("\"", text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal), "\"");
}
