using System.Globalization;
using System.Text;
using Modular.Mail.Smtp;

namespace Modular.Mail.Reports;

/// <summary>Finds reply codes and enhanced statuses in words, and blots out addresses and links, whose letters say nothing of the reason.</summary>
internal static class ReplyText
{
    /// <summary>The first 4xx or 5xx that stands as a reply code does: no digit, dot, at sign or hyphen before it, and text or nothing behind it.</summary>
    public static int? ReplyCode(ReadOnlySpan<char> text)
    {
        for (var i = 0; i + 2 < text.Length; i++)
        {
            if (text[i] is not ('4' or '5') || text[i + 1] is < '0' or > '7' || !char.IsAsciiDigit(text[i + 2]))
                continue;
            if (i > 0 && (char.IsAsciiLetterOrDigit(text[i - 1]) || text[i - 1] is '.' or '@' or '-' or '_' or '/'))
                continue;
            if (i + 3 < text.Length && (text[i + 3] is not (' ' or ':' or '-' or '#' or ']' or '<' or ',' or ';' or '.' or '"' or '\'' or ')') || (text[i + 3] is '.' && i + 4 < text.Length && char.IsAsciiDigit(text[i + 4]))))
                continue;
            return int.Parse(text.Slice(i, 3), CultureInfo.InvariantCulture);
        }

        return null;
    }

    /// <summary>The first 4.x.x or 5.x.x that is no part of a longer number; null when there is none, or only the general x.0.0 unless that is asked for.</summary>
    public static EnhancedStatus? Status(ReadOnlySpan<char> text, bool takesGeneral = false)
    {
        for (var i = 0; i + 4 < text.Length; i++)
        {
            if (text[i] is not ('4' or '5') || text[i + 1] is not '.' || (i > 0 && (char.IsAsciiLetterOrDigit(text[i - 1]) || text[i - 1] is '.')))
                continue;
            var end = Digits(text, i + 2);
            if (end == i + 2 || end >= text.Length || text[end] is not '.' || Digits(text, end + 1) is var last && last == end + 1)
                continue;
            if (last < text.Length && (char.IsAsciiDigit(text[last]) || (text[last] is '.' && last + 1 < text.Length && char.IsAsciiDigit(text[last + 1]))))
                continue;
            if (EnhancedStatus.TryParse(text[i..last], out var status) && (takesGeneral || status is not { Subject: 0, Detail: 0 }))
                return status;
        }

        return null;
    }

    /// <summary>The text without its addresses and links.</summary>
    public static string WithoutAddresses(string text)
    {
        if (!text.Contains('@', StringComparison.Ordinal) && !text.Contains("://", StringComparison.Ordinal))
            return text;
        var kept = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOfAny(" <>()");
            var word = end < 0 ? rest : rest[..end];
            var isAddress = word.IndexOf('@') is > 0 and var at && at < word.Length - 1;
            if (!isAddress && !word.Contains("://", StringComparison.Ordinal))
                kept.Append(word);
            if (end < 0)
                break;
            kept.Append(rest[end]);
            rest = rest[(end + 1)..];
        }

        return kept.ToString();
    }

    /// <summary>Runs of blanks and control characters as one blank.</summary>
    public static string Squeeze(ReadOnlySpan<char> text)
    {
        var squeezed = new StringBuilder(text.Length);
        var wasBlank = true;
        foreach (var c in text)
        {
            var isBlank = char.IsWhiteSpace(c) || c < ' ';
            if (!isBlank)
                squeezed.Append(c);
            else if (!wasBlank)
                squeezed.Append(' ');
            wasBlank = isBlank;
        }

        if (squeezed.Length > 0 && squeezed[^1] is ' ')
            squeezed.Length--;
        return squeezed.ToString();
    }

    private static int Digits(ReadOnlySpan<char> text, int from)
    {
        const int MostDigits = 3;
        var i = from;
        while (i < text.Length && i - from < MostDigits && char.IsAsciiDigit(text[i]))
            i++;
        return i;
    }
}
