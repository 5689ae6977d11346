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

    /// <summary>A code page on each line, and the letters and digits of the names that stand for it and that .NET does not have; supersets, because senders name the subset and use the whole.</summary>
    private static readonly Dictionary<string, int> Pages = ReadPages("""
        65001 utf8 unicode11utf8 utf8mb4
        65000 utf7 unicode11utf7 csunicode11utf7
        1200 utf16 utf16le ucs2 ucs2le unicode iso10646ucs2
        1201 utf16be ucs2be
        12000 utf32 utf32le ucs4
        12001 utf32be
        28591 iso88591 latin1 l1 ibm819 cp819 iso885911987
        28592 latin2
        28593 latin3
        28594 latin4
        28595 cyrillic
        28596 arabic
        708 asmo708
        28597 greek greek8
        28598 hebrew logical visual iso88598i iso88598e
        28599 latin5
        28603 latin7
        28605 latin9 latin0
        874 tis620 iso885911 thai
        54936 gb2312 gb231280 csgb2312 gbk xgbk gb18030 cp936 ms936 windows936 euccn xeuccn chinese
        52936 hz hzgb hzgb2312
        950 big5 cnbig5 csbig5 xxbig5 xbig5 big5hkscs big5tw
        932 shiftjis sjis xsjis mskanji windows31j csshiftjis xmscp932 ms932 cswindows31j
        50221 iso2022jp csiso2022jp iso2022jp1 iso2022jp2 iso2022jp3 iso2022jpms iso2022jp2004 jis
        51932 eucjp xeucjp ujis cseucpkdfmtjapanese xeuc
        949 ksc56011987 ksc56011989 ksc5601 ksc5601987 ksc5601992 korean euckr cseuckr uhc
        50225 iso2022kr csiso2022kr
        1361 johab
        20866 koi8r koi8 cskoi8r
        21866 koi8u koi8ru
        10000 macintosh mac xmacroman macroman macosroman
        10007 xmaccyrillic maccyrillic
        """);

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

    private static Dictionary<string, int> ReadPages(string table)
    {
        var pages = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in table.Split('\n'))
        {
            var words = line.Split(' ');
            foreach (var name in words[1..])
                pages.Add(name, int.Parse(words[0], CultureInfo.InvariantCulture));
        }
        return pages;
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
