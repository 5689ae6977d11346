using System.Text;

namespace Modular.Mail.Mime;

/// <summary>
/// Finds the parts of a message in one pass over its lines. All open boundaries are known at every line, so that a missing close
/// delimiter ends where an outer one begins, and no octet is looked at once per level. Never fails.
/// </summary>
internal sealed class MimeParser(ReadOnlyMemory<byte> octets, MimeLimits limits)
{
    /// <summary>RFC 2046 §5.1.1 allows 70; some senders use more.</summary>
    private const int MostBoundaryOctets = 1000;

    private readonly byte lineEnd = octets.Span.Contains((byte)'\n') ? (byte)'\n' : (byte)'\r';
    private readonly List<byte[]> boundaries = [];
    private int at;
    private int parts;
    private int messages;
    private bool isTruncated;

    public MimeMessage Parse()
    {
        if (octets.Span.StartsWith("\uFEFF"u8))
            at = 3;
        if (octets.Span[at..].StartsWith("From "u8))
            at = NextLine(at);
        var body = ReadPart(ContentType.Default, depth: 0);
        return new MimeMessage(body, isTruncated);
    }

    /// <summary>The fields of a block, up to its first empty line.</summary>
    public HeaderList ParseHeaders() => ReadHeaders();

    /// <summary>Where reading stopped: at the end, or at the delimiter of an open boundary, not yet consumed.</summary>
    private readonly record struct Stop(int Boundary, bool IsClose)
    {
        public static Stop AtEnd { get; } = new(-1, false);
    }

    private Stop stop = Stop.AtEnd;

    private MimePart ReadPart(ContentType otherwise, int depth)
    {
        parts++;
        var headers = ReadHeaders();
        // The last one counts, as it does for most readers.
        var type = headers.All("Content-Type").Select(field => ContentType.Parse(field.Value)).LastOrDefault(otherwise);
        var part = new MimePart(headers, type);
        if (stop.Boundary >= 0)
            return part;
        var start = at;
        var isDeep = depth >= limits.Depth;
        if (type.Type is "multipart" && type.Boundary is { Length: > 0 } boundary && Encoding.UTF8.GetByteCount(boundary) <= MostBoundaryOctets && !isDeep)
        {
            part.Parts = ReadMultipart(Encoding.UTF8.GetBytes(boundary), type.Subtype is "digest" ? ContentType.Message : ContentType.Default, depth);
        }
        else if (type.Type is "message" && type.Subtype is "rfc822" or "global" or "news" && part.TransferEncoding is not ("base64" or "quoted-printable") && !isDeep && messages < limits.MessageDepth)
        {
            messages++;
            SkipBlankLinesAndMboxLine();
            part.Message = new MimeMessage(ReadPart(ContentType.Default, depth + 1), isTruncated);
            messages--;
        }
        else
        {
            isTruncated |= isDeep && type.Type is "multipart" or "message";
            SkipToDelimiter();
        }

        part.RawBody = octets[start..Math.Max(start, EndOfBody())];
        return part;
    }

    private List<MimePart> ReadMultipart(byte[] boundary, ContentType otherwise, int depth)
    {
        boundaries.Add(boundary);
        var mine = boundaries.Count - 1;
        var children = new List<MimePart>();
        SkipToDelimiter(); // the preamble
        while (stop.Boundary == mine && !stop.IsClose)
        {
            at = NextLine(at);
            // One delimiter straight behind another has no part between them; the close delimiter has an empty one.
            if (IsDelimiter(out stop) && !stop.IsClose)
                continue;
            if (parts >= limits.Parts)
            {
                isTruncated = true;
                SkipToDelimiter();
                continue;
            }

            children.Add(ReadPart(otherwise, depth + 1));
        }

        boundaries.RemoveAt(mine);
        if (stop.Boundary == mine)
        {
            at = NextLine(at);
            SkipToDelimiter(); // the epilogue
        }

        return children;
    }

    /// <summary>Before the line end that belongs to the delimiter.</summary>
    private int EndOfBody()
    {
        var span = octets.Span;
        if (stop.Boundary < 0)
            return span.Length;
        var end = at;
        if (end > 0 && span[end - 1] == lineEnd)
            end--;
        return end > 0 && lineEnd is (byte)'\n' && end < at && span[end - 1] is (byte)'\r' ? end - 1 : end;
    }

    /// <summary>Moves to the next delimiter line of any open boundary, or to the end.</summary>
    private void SkipToDelimiter()
    {
        var span = octets.Span;
        stop = Stop.AtEnd;
        if (boundaries.Count is 0)
        {
            at = span.Length;
            return;
        }

        while (at < span.Length)
        {
            if (IsDelimiter(out stop))
                return;
            // Straight to the next line that could be one.
            var next = span[at..].IndexOf([lineEnd, (byte)'-', (byte)'-']);
            at = next < 0 ? span.Length : at + next + 1;
        }
    }

    private bool IsDelimiter(out Stop found)
    {
        found = Stop.AtEnd;
        var rest = octets.Span[at..];
        if (boundaries.Count is 0 || !rest.StartsWith("--"u8))
            return false;
        rest = rest[2..];
        for (var i = boundaries.Count - 1; i >= 0; i--)
        {
            if (!rest.StartsWith(boundaries[i]))
                continue;
            var tail = rest[boundaries[i].Length..];
            var isClose = tail.StartsWith("--"u8);
            if (isClose)
                tail = tail[2..];
            var more = tail.IndexOfAnyExcept((byte)' ', (byte)'\t');
            if (more < 0 || tail[more] is (byte)'\r' or (byte)'\n')
            {
                found = new Stop(i, isClose);
                return true;
            }
        }

        return false;
    }

    private HeaderList ReadHeaders()
    {
        var span = octets.Span;
        var start = at;
        var fields = new List<HeaderField>(16);
        stop = Stop.AtEnd;
        while (at < span.Length)
        {
            if (IsDelimiter(out stop))
                break;
            var next = NextLine(at);
            var line = span[at..next].TrimEnd("\r\n"u8);
            if (line.IsEmpty)
            {
                var block = octets[start..at];
                at = next;
                return new HeaderList(fields, block);
            }

            var colon = NameLength(line);
            if (colon < 0)
            {
                if (line.StartsWith(">From "u8) || line.StartsWith("From "u8))
                {
                    at = next;
                    continue;
                }

                // No empty line between fields and body: the body begins here.
                break;
            }

            var begin = at;
            at = next;
            while (at < span.Length && span[at] is (byte)' ' or (byte)'\t')
                at = NextLine(at);
            if (fields.Count < limits.Fields && at - start <= limits.HeaderBytes)
                fields.Add(new HeaderField(TrimLineEnd(octets[begin..at]), colon));
            else
                isTruncated = true;
        }

        return new HeaderList(fields, octets[start..at]);
    }

    /// <summary>Length of the field name that begins a line; negative when it is no field (RFC 5322 §3.6.8, and a blank before the colon as in RFC 5322 §4.5).</summary>
    private static int NameLength(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon < 1)
            return -1;
        var name = line[..colon].TrimEnd(" \t"u8);
        return name.IsEmpty || name.ContainsAnyExceptInRange((byte)'!', (byte)'~') ? -1 : name.Length;
    }

    private static ReadOnlyMemory<byte> TrimLineEnd(ReadOnlyMemory<byte> field) => field[..field.Span.TrimEnd("\r\n"u8).Length];

    private void SkipBlankLinesAndMboxLine()
    {
        var span = octets.Span;
        while (at < span.Length && span[at] is (byte)'\r' or (byte)'\n' && NextLine(at) is var next && span[at..next].TrimEnd("\r\n"u8).IsEmpty)
            at = next;
        if (span[at..].StartsWith("From "u8) || span[at..].StartsWith(">From "u8))
            at = NextLine(at);
    }

    private int NextLine(int from) => octets.Span[from..].IndexOf(lineEnd) is >= 0 and var end ? from + end + 1 : octets.Length;
}
