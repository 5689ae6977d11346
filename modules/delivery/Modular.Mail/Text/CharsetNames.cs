using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Modular.Mail.Text;

/// <summary>The names that mail has for character sets: those of IANA, those of systems and programs, and the ways they get misspelt.</summary>
internal static class CharsetNames
{
    private const int MostNameChars = 40;
    private const int MostRemembered = 1000;

    private static readonly ConcurrentDictionary<string, Encoding?> Found = new(StringComparer.Ordinal);

    /// <summary>Letters and digits of names that .NET does not have, and what they stand for; supersets, because senders name the subset and use the whole.</summary>
    private static readonly Dictionary<string, int> Pages = new(StringComparer.Ordinal)
    {
        ["utf8"] = 65001, ["unicode11utf8"] = 65001, ["utf8mb4"] = 65001, ["utf7"] = 65000, ["unicode11utf7"] = 65000, ["csunicode11utf7"] = 65000,
        ["utf16"] = 1200, ["utf16le"] = 1200, ["ucs2"] = 1200, ["ucs2le"] = 1200, ["unicode"] = 1200, ["iso10646ucs2"] = 1200, ["utf16be"] = 1201, ["ucs2be"] = 1201,
        ["utf32"] = 12000, ["utf32le"] = 12000, ["ucs4"] = 12000, ["utf32be"] = 12001,
        ["iso88591"] = 28591, ["latin1"] = 28591, ["l1"] = 28591, ["ibm819"] = 28591, ["cp819"] = 28591, ["iso885911987"] = 28591,
        ["latin2"] = 28592, ["latin3"] = 28593, ["latin4"] = 28594, ["cyrillic"] = 28595, ["arabic"] = 28596, ["asmo708"] = 708, ["greek"] = 28597, ["greek8"] = 28597,
        ["hebrew"] = 28598, ["logical"] = 28598, ["visual"] = 28598, ["iso88598i"] = 28598, ["iso88598e"] = 28598, ["latin5"] = 28599, ["latin7"] = 28603, ["latin9"] = 28605, ["latin0"] = 28605,
        ["tis620"] = 874, ["iso885911"] = 874, ["thai"] = 874,
        ["gb2312"] = 54936, ["gb231280"] = 54936, ["csgb2312"] = 54936, ["gbk"] = 54936, ["xgbk"] = 54936, ["gb18030"] = 54936, ["cp936"] = 54936, ["ms936"] = 54936, ["windows936"] = 54936,
        ["euccn"] = 54936, ["xeuccn"] = 54936, ["chinese"] = 54936, ["hz"] = 52936, ["hzgb"] = 52936, ["hzgb2312"] = 52936,
        ["big5"] = 950, ["cnbig5"] = 950, ["csbig5"] = 950, ["xxbig5"] = 950, ["xbig5"] = 950, ["big5hkscs"] = 950, ["big5tw"] = 950,
        ["shiftjis"] = 932, ["sjis"] = 932, ["xsjis"] = 932, ["mskanji"] = 932, ["windows31j"] = 932, ["csshiftjis"] = 932, ["xmscp932"] = 932, ["ms932"] = 932, ["cswindows31j"] = 932,
        ["iso2022jp"] = 50221, ["csiso2022jp"] = 50221, ["iso2022jp1"] = 50221, ["iso2022jp2"] = 50221, ["iso2022jp3"] = 50221, ["iso2022jpms"] = 50221, ["iso2022jp2004"] = 50221, ["jis"] = 50221,
        ["eucjp"] = 51932, ["xeucjp"] = 51932, ["ujis"] = 51932, ["cseucpkdfmtjapanese"] = 51932, ["xeuc"] = 51932,
        ["ksc56011987"] = 949, ["ksc56011989"] = 949, ["ksc5601"] = 949, ["ksc5601987"] = 949, ["ksc5601992"] = 949, ["korean"] = 949, ["euckr"] = 949, ["cseuckr"] = 949, ["uhc"] = 949, ["iso2022kr"] = 50225, ["csiso2022kr"] = 50225, ["johab"] = 1361,
        ["koi8r"] = 20866, ["koi8"] = 20866, ["cskoi8r"] = 20866, ["koi8u"] = 21866, ["koi8ru"] = 21866,
        ["macintosh"] = 10000, ["mac"] = 10000, ["xmacroman"] = 10000, ["macroman"] = 10000, ["macosroman"] = 10000, ["xmaccyrillic"] = 10007, ["maccyrillic"] = 10007,
    };

    /// <summary>What begins a name that ends in the number of a code page.</summary>
    private static readonly string[] PagePrefixes = ["windows", "xwindows", "win", "xcp", "cp", "ibm", "ms", "ansi", "dos", "codepage", "xansi", "oem", "ccsid", ""];

    /// <summary>Null when there is no name, when it stands for ASCII, in which nothing but ASCII needs reading, and when nobody knows it.</summary>
    public static Encoding? Find(string? name)
    {
        if (name is null || name.Length > MostNameChars)
            return null;
        if (Found.TryGetValue(name, out var encoding))
            return encoding;
        encoding = Search(name);
        if (Found.Count < MostRemembered)
            Found.TryAdd(name, encoding);
        return encoding;
    }

    private static Encoding? Search(string name)
    {
        // What mail programs put behind a name: its escapes, the next parameter.
        if (name.IndexOfAny([';', '$', ',']) is > 0 and var end)
            name = name[..end];
        var letters = string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
        if (letters is "" or "ascii" or "usascii" or "ansix341968" or "iso646us" or "iso646" or "us" or "8bit" or "7bit" or "unknown8bit" or "xunknown")
            return null;
        if (Pages.TryGetValue(letters, out var page))
            return OfPage(page);
        return OfName(name.Trim().ToLowerInvariant()) ?? OfIsoPart(letters) ?? OfNumber(letters);
    }

    /// <summary>The parts of ISO 8859, as iso8859-2, 8859_2 or iso-88592.</summary>
    private static Encoding? OfIsoPart(string letters)
    {
        var digits = letters.StartsWith("iso", StringComparison.Ordinal) ? letters[3..] : letters;
        return digits.StartsWith("8859", StringComparison.Ordinal) && int.TryParse(digits.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out var part) && part is >= 1 and <= 16
            ? part is 11 ? OfPage(874) : OfPage(28590 + part)
            : null;
    }

    private static Encoding? OfNumber(string letters)
    {
        foreach (var prefix in PagePrefixes)
        {
            if (letters.StartsWith(prefix, StringComparison.Ordinal) && int.TryParse(letters.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var page) && page is > 36 and < 65536)
                return OfPage(Pages.TryGetValue("cp" + letters[prefix.Length..], out var super) ? super : page);
        }

        return null;
    }

#pragma warning disable SYSLIB0001 // UTF-7 is read, for the mail that has it, and never written
    private static Encoding? OfPage(int page)
    {
        try
        {
            return page switch
            {
                65000 => Encoding.UTF7,
                65001 => Encoding.UTF8,
                _ => CodePagesEncodingProvider.Instance.GetEncoding(page) ?? Encoding.GetEncoding(page),
            };
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
#pragma warning restore SYSLIB0001

    private static Encoding? OfName(string name)
    {
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
