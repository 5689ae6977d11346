using System.Text;
using Modular.Mail.Mime;

namespace Modular.Mail.Reports;

/// <summary>The words of a report, line by line, without the mail that it returns; and that mail's own lines, where it is in the text.</summary>
internal sealed class BounceText
{
    private const int MostLines = 2000;
    private const int MostWordsChars = 8000;
    private const int MostTextChars = 256 * 1024;
    private const int MostLineChars = 4000;

    private BounceText(IReadOnlyList<string> lines, ReadOnlyMemory<byte> returned)
    {
        Lines = lines;
        Returned = returned;
        Original = returned.IsEmpty ? HeaderList.Empty : HeaderList.Parse(returned);
        var words = string.Join(' ', lines);
        Words = words.Length > MostWordsChars ? words[..MostWordsChars] : words;
    }

    /// <summary>Trimmed, runs of blanks as one; empty lines are kept.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>All lines as one; at most 8000 characters.</summary>
    public string Words { get; }

    /// <summary>What stands behind the line that begins the returned mail; empty when no line does.</summary>
    public ReadOnlyMemory<byte> Returned { get; }

    /// <summary>The header fields of the returned mail; empty when the text holds none.</summary>
    public HeaderList Original { get; }

    public static BounceText Of(MimeMessage message, BounceRules rules)
    {
        var lines = new List<string>();
        ReadOnlyMemory<byte> returned = default;
        foreach (var text in TextParts(message))
        {
            var all = text.Length > MostTextChars ? text[..MostTextChars] : text;
            var raw = all.ReplaceLineEndings("\n").Split('\n');
            for (var i = 0; i < raw.Length && lines.Count < MostLines; i++)
            {
                var line = ReplyText.Squeeze(raw[i].Length > MostLineChars ? raw[i].AsSpan(0, MostLineChars) : raw[i]);
                if (rules.Find("original", line) is not null && lines.Any(l => l.Length > 0))
                {
                    returned = ReadReturned(raw.AsSpan(line.Contains(": ", StringComparison.Ordinal) && !line.EndsWith(':') ? i : i + 1));
                    break;
                }

                if (!IsMimeLine(line))
                    lines.Add(line);
            }
        }

        return new BounceText(lines, returned);
    }

    /// <summary>Fields of a part whose delimiters were not found.</summary>
    private static bool IsMimeLine(string line) =>
        line.StartsWith("Content-Type:", StringComparison.OrdinalIgnoreCase) || line.StartsWith("Content-Transfer-Encoding:", StringComparison.OrdinalIgnoreCase) || line.StartsWith("Content-Disposition:", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> TextParts(MimeMessage message)
    {
        var parts = message.Body.Descend().Where(IsWords).ToList();
        var plain = parts.Where(p => p.ContentType.Subtype is not "html").ToList();
        if (plain.Count > 0)
            return plain.Select(p => p.DecodeText());
        return parts.Select(p => HtmlText.Of(p.DecodeText()));
    }

    /// <summary>Text that is not returned mail; a multipart whose delimiters cannot be found is read as the text that it is.</summary>
    private static bool IsWords(MimePart part) =>
        part.IsMultipart ? part.Parts.Count is 0 : part.ContentType.Is("application", "json") || (part.IsText && part.ContentType.Subtype is not "rfc822-headers" && part.Disposition is not "attachment");

    private static byte[] ReadReturned(ReadOnlySpan<string> lines)
    {
        while (lines is [{ } line, ..] && (line.Trim().Length is 0 || line.StartsWith("---", StringComparison.Ordinal)))
            lines = lines[1..];
        // Quoted with a mark in front of each line, as a person would.
        var isQuoted = lines is [['>', ..], ..];
        var text = new StringBuilder();
        foreach (var line in lines[..Math.Min(lines.Length, MostLines)])
            text.Append(isQuoted && line.StartsWith('>') ? line.AsSpan(line.StartsWith("> ", StringComparison.Ordinal) ? 2 : 1) : line).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
