using System.Text.RegularExpressions;

namespace Modular.Delivery.Outbound;

/// <summary>What a far side said, fit for the ledger: on one line, of bounded length, and without anybody's address.</summary>
internal static partial class FarWords
{
    private const int MaxChars = 500;
    private const string Mask = "<recipient>";

    /// <summary>Far sides like to quote whom they refuse: the whole address, or the local part alone.</summary>
    public static string Clean(string words, EmailAddress? recipient = null)
    {
        var line = words.Length > 4 * MaxChars ? words[..(4 * MaxChars)] : words;
        if (line.AsSpan().ContainsAnyInRange('\0', '\x1f')) line = Blanks().Replace(line, " ");
        if (line.Contains('@', StringComparison.Ordinal)) line = Address().Replace(line, Mask);
        if (recipient is { LocalPart.Length: > 2 } && line.Contains(recipient.LocalPart, StringComparison.OrdinalIgnoreCase))
            line = WithoutWord(line, recipient.LocalPart);
        return line.Length > MaxChars ? line[..MaxChars] : line;
    }

    private static string WithoutWord(string line, string word)
    {
        for (var at = 0; (at = line.IndexOf(word, at, StringComparison.OrdinalIgnoreCase)) >= 0;)
        {
            var end = at + word.Length;
            var standsAlone = (at is 0 || !char.IsLetterOrDigit(line[at - 1])) && (end == line.Length || !char.IsLetterOrDigit(line[end]));
            if (!standsAlone)
            {
                at = end;
                continue;
            }
            line = string.Concat(line.AsSpan(0, at), Mask, line.AsSpan(end));
            at += Mask.Length;
        }
        return line;
    }

    [GeneratedRegex("[\\x00-\\x20]+", RegexOptions.NonBacktracking)]
    private static partial Regex Blanks();

    [GeneratedRegex("<?[^\\s<>@,;:\"()\\[\\]]+@[^\\s<>@,;:\"()]+>?", RegexOptions.NonBacktracking)]
    private static partial Regex Address();
}
