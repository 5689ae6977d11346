using System.Globalization;
using System.Text;
using Modular.Mail.Mime;

namespace Modular.Mail.Reports;

/// <summary>Fields of the form <c>type; text</c> (RFC 3464 §2.1.2) and the encodings of addresses inside them.</summary>
internal static class TypedText
{
    /// <summary>The text behind the type; the whole where no type is given.</summary>
    public static string Read(string value)
    {
        var semicolon = value.IndexOf(';', StringComparison.Ordinal);
        // A semicolon further on belongs to the text: a type is one word.
        if (semicolon < 0 || value.AsSpan(0, semicolon).Trim().ContainsAny(" \t<@:"))
            return value.Trim();
        return value[(semicolon + 1)..].Trim();
    }

    /// <summary>An address field's address: type, brackets, xtext (RFC 3461 §4) and utf-8-addr-xtext (RFC 6533 §3) undone.</summary>
    public static string ReadAddress(string value)
    {
        var text = Read(value).Trim('<', '>', ' ', '\t');
        // Some write a name, or the address a second time in brackets.
        if (text.IndexOf('<', StringComparison.Ordinal) is >= 0 and var open && text.IndexOf('@', open) > open)
            text = text[(open + 1)..].Split('>')[0];
        var isUnicode = value.TrimStart().StartsWith("utf-8", StringComparison.OrdinalIgnoreCase);
        return isUnicode ? UndoUnicode(UndoXtext(text)) : UndoXtext(text);
    }

    /// <summary>As a report carries it: rfc822, or utf-8 with what is not ASCII escaped, so that the report stays 7-bit.</summary>
    public static string WriteAddress(HeaderText address)
    {
        var text = address.ToString();
        if (Ascii.IsValid(text))
            return $"rfc822; {text}";
        var escaped = new StringBuilder("utf-8; ");
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii && rune.Value is not '\\')
                escaped.Append(rune);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"\\x{{{rune.Value:X2}}}");
        }

        return escaped.ToString();
    }

    /// <summary>
    /// Undoes the two escapes that every address with a plus or an equals sign needs in xtext (RFC 3461 §4). Others stay: ann+20 is more
    /// often a tagged address that nobody encoded than one with a blank in it.
    /// </summary>
    public static string UndoXtext(string text) =>
        text.Replace("+2B", "+", StringComparison.Ordinal).Replace("+3D", "=", StringComparison.Ordinal);

    private static string UndoUnicode(string text)
    {
        var decoded = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '\\' && i + 3 < text.Length && text[i + 1] is 'x' && text[i + 2] is '{' && text.IndexOf('}', i) is > 0 and var end && end - i <= 9
                && int.TryParse(text.AsSpan(i + 3, end - i - 3), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && Rune.IsValid(value))
            {
                decoded.Append(new Rune(value));
                i = end;
            }
            else
            {
                decoded.Append(text[i]);
            }
        }

        return decoded.ToString();
    }
}
