using System.Text;
using System.Text.Unicode;

namespace Modular.Mail.Text;

/// <summary>Octets to text, whatever a mail calls its character set. Never fails: what cannot be read becomes U+FFFD.</summary>
internal static class Charsets
{
    private static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!; // always in the provider

    /// <summary>UTF-8 where most of what is not ASCII is that, UTF-16 where a byte order mark says so, windows-1252 otherwise.</summary>
    public static string Guess(ReadOnlySpan<byte> octets) => octets switch
    {
        [0xFF, 0xFE, ..] => Encoding.Unicode.GetString(octets[2..]),
        [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode.GetString(octets[2..]),
        _ => DecodeUtf8(octets),
    };

    /// <param name="name">As a Content-Type or an encoded word gives it; null, us-ascii and unknown names are guessed.</param>
    public static string Decode(ReadOnlySpan<byte> octets, string? name) => CharsetNames.Find(name) switch
    {
        null => Guess(octets),
        UTF8Encoding => DecodeUtf8(octets),
        UnicodeEncoding when octets is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => Guess(octets),
        var encoding => encoding.GetString(octets),
    };

    /// <summary>Some cut a character at the end of their text, and some say UTF-8 of what never was: more that is wrong than right tells the second from the first.</summary>
    private static string DecodeUtf8(ReadOnlySpan<byte> octets)
    {
        var text = Encoding.UTF8.GetString(octets);
        if (!text.Contains('\uFFFD') || Utf8.IsValid(octets))
            return text;
        var wrong = text.AsSpan().Count('\uFFFD');
        var foreign = 0;
        foreach (var c in text)
            foreign += c > '\x7F' ? 1 : 0;
        return 2 * wrong > foreign ? Windows1252.GetString(octets) : text;
    }
}
