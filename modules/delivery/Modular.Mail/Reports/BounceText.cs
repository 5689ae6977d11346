using System.Text;
using System.Text.RegularExpressions;
using Modular.Mail.Mime;

namespace Modular.Mail.Reports;

/// <summary>The words of a report, line by line, without the mail that it returns; and that mail's header fields, where it is in the text.</summary>
internal sealed partial class BounceText
{
    private const int MostLines = 2000;
    private const int MostWordsChars = 8000;
    private const int MostTextChars = 256 * 1024;

    private BounceText(IReadOnlyList<string> lines, HeaderList original)
    {
        Lines = lines;
        Original = original;
        var words = string.Join(' ', lines);
        Words = words.Length > MostWordsChars ? words[..MostWordsChars] : words;
    }

    /// <summary>Trimmed, runs of blanks as one; empty lines are kept.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>All lines as one; at most 8000 characters.</summary>
    public string Words { get; }

    /// <summary>Empty when the text holds no returned mail.</summary>
    public HeaderList Original { get; }

    public static BounceText Of(MimeMessage message, BounceRules rules)
    {
        var lines = new List<string>();
        var original = HeaderList.Empty;
        foreach (var text in TextParts(message))
        {
            var all = text.Length > MostTextChars ? text[..MostTextChars] : text;
            var raw = all.ReplaceLineEndings("\n").Split('\n');
            for (var i = 0; i < raw.Length && lines.Count < MostLines; i++)
            {
                var line = Blanks().Replace(raw[i], " ").Trim();
                if (rules.Find("original", line) is not null && lines.Any(l => l.Length > 0))
                {
                    original = ReadOriginal(raw.AsSpan(line.Contains(": ", StringComparison.Ordinal) && !line.EndsWith(':') ? i : i + 1));
                    break;
                }

                lines.Add(line);
            }
        }

        return new BounceText(lines, original);
    }

    private static IEnumerable<string> TextParts(MimeMessage message)
    {
        // A multipart whose delimiters cannot be found is read as the text that it is.
        if (message.Body.IsMultipart && message.Body.Parts.Count is 0)
            return [message.Body.DecodeText()];
        var parts = message.Body.Descend().Where(p => p.IsText && p.ContentType.Subtype is not "rfc822-headers" && p.Disposition is not "attachment").ToList();
        var plain = parts.Where(p => p.ContentType.Subtype is not "html").ToList();
        if (plain.Count > 0)
            return plain.Select(p => p.DecodeText());
        return parts.Select(p => System.Net.WebUtility.HtmlDecode(Tags().Replace(LineTags().Replace(p.DecodeText(), "\n"), " ")));
    }

    private static HeaderList ReadOriginal(ReadOnlySpan<string> lines)
    {
        while (lines is [{ } line, ..] && (line.Trim().Length is 0 || line.StartsWith("---", StringComparison.Ordinal)))
            lines = lines[1..];
        return HeaderList.Parse(Encoding.UTF8.GetBytes(string.Join('\n', lines[..Math.Min(lines.Length, MostLines)])));
    }

    [GeneratedRegex(@"[\s\u0000-\u001F\u00A0]+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"<(?:br|/?p|/?div|/?tr|/?td|/?li|/?h\d|/?table)\b[^<>]{0,2000}>", RegexOptions.IgnoreCase)]
    private static partial Regex LineTags();

    [GeneratedRegex(@"<!--[^<>]{0,2000}-->|<[^<>]{0,2000}>")]
    private static partial Regex Tags();
}
