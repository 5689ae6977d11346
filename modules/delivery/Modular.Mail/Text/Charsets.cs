using System.Text;
using System.Text.Unicode;

namespace Modular.Mail.Text;

/// <summary>Octets to text, whatever a mail calls its character set. Never fails: what cannot be read becomes U+FFFD.</summary>
internal static class Charsets
{
    private const int MostNameChars = 40;

    private static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!; // always in the provider

    /// <summary>UTF-8 where the octets are that, windows-1252 where not.</summary>
    public static string Guess(ReadOnlySpan<byte> octets) =>
        Utf8.IsValid(octets) ? Encoding.UTF8.GetString(octets) : Windows1252.GetString(octets);

    /// <param name="name">As a Content-Type or an encoded word gives it; null, us-ascii and unknown names are guessed.</param>
    public static string Decode(ReadOnlySpan<byte> octets, string? name) => Find(name) is { } encoding ? encoding.GetString(octets) : Guess(octets);

    public static Encoding? Find(string? name)
    {
        if (name is null || name.Length > MostNameChars)
            return null;
        name = name.Trim().ToLowerInvariant();
        switch (name)
        {
            case "utf-8" or "utf8" or "unicode-1-1-utf-8":
                return Encoding.UTF8;
            case "us-ascii" or "ascii" or "ansi_x3.4-1968" or "utf-7" or "unicode-1-1-utf-7" or "":
                return null;
            case "iso-8859-1" or "latin1" or "iso_8859-1" or "l1":
                return Encoding.Latin1;
            case "gb2312" or "gbk" or "x-gbk" or "cp936":
                name = "gb18030"; // the superset: senders name the subset and use the whole
                break;
            case "iso-8859-8-i" or "iso-8859-8-e":
                name = "iso-8859-8";
                break;
            case "ks_c_5601-1987" or "ksc5601" or "cp949" or "x-windows-949":
                return CodePagesEncodingProvider.Instance.GetEncoding(949);
            case "cp932" or "x-sjis" or "windows-31j" or "shift-jis":
                return CodePagesEncodingProvider.Instance.GetEncoding(932);
            default:
                if (name.StartsWith("cp", StringComparison.Ordinal) && int.TryParse(name.AsSpan(2), out var page))
                    return FindPage(page);
                break;
        }

        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static Encoding? FindPage(int page)
    {
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(page);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
