using Modular.Mail.Mime;

namespace Modular.Mail.Reports;

/// <summary>The parts that reports are made of (RFC 6522 §3), found in whatever a stranger sends.</summary>
internal static class ReportParts
{
    private const int MostGroups = 1000;

    /// <summary>The groups of fields in a part's body: blocks between empty lines, lines that are no fields left out.</summary>
    public static List<HeaderList> Groups(MimePart part)
    {
        var rest = part.DecodeBody();
        var groups = new List<HeaderList>();
        while (!rest.IsEmpty && groups.Count < MostGroups)
        {
            var block = NextBlock(ref rest);
            if (!block.IsEmpty && HeaderList.Parse(block) is { Count: > 0 } group)
                groups.Add(group);
        }

        return groups;
    }

    /// <summary>The header fields of the message that a report returns; null when it returns none.</summary>
    public static HeaderList? OriginalHeaders(MimeMessage report)
    {
        foreach (var part in report.Body.Descend())
        {
            if (part.Message is { } attached)
                return attached.Headers;
            if ((part.ContentType.Type is "text" or "message" && part.ContentType.Subtype is "rfc822-headers" or "global-headers" or "rfc822" or "global") && HeaderList.Parse(SkipEmptyLines(part.DecodeBody())) is { Count: > 0 } headers)
                return headers;
        }

        return null;
    }

    private static ReadOnlyMemory<byte> SkipEmptyLines(ReadOnlyMemory<byte> octets) => octets.TrimStart("\r\n"u8);

    /// <summary>Up to the next line that is empty but for blanks.</summary>
    private static ReadOnlyMemory<byte> NextBlock(ref ReadOnlyMemory<byte> rest)
    {
        var span = rest.Span;
        var lineEnd = span.Contains((byte)'\n') ? (byte)'\n' : (byte)'\r';
        var at = 0;
        while (at < span.Length)
        {
            var next = span[at..].IndexOf(lineEnd) is >= 0 and var end ? at + end + 1 : span.Length;
            if (span[at..next].IndexOfAnyExcept(" \t\r\n"u8) < 0)
            {
                var block = rest[..at];
                rest = rest[next..];
                return block;
            }

            at = next;
        }

        var last = rest;
        rest = default;
        return last;
    }
}
