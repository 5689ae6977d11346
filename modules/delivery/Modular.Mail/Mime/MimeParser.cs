using System.Buffers;
using System.Text;
using Modular.Mail.Text;

namespace Modular.Mail.Mime;

/// <summary>
/// Finds the parts of a message in one pass over its lines. All open boundaries are known at every line, so that a missing close
/// delimiter ends where an outer one begins, and no octet is looked at once per level. Never fails.
/// </summary>
internal sealed class MimeParser
{
    /// <summary>RFC 2046 §5.1.1 allows 70; some senders use more.</summary>
    private const int MostBoundaryOctets = 1000;

    /// <summary>A delimiter line is known by its first octets, however long it is.</summary>
    private const int MostDelimiterOctets = 2 * MostBoundaryOctets;

    private const int MostNameOctets = 1000;

    private readonly OctetBlocks octets;
    private readonly MimeLimits limits;
    private readonly byte lineEnd;
    private readonly List<byte[]> boundaries = [];
    private int at;
    private int parts;
    private int messages;
    private bool isTruncated;
    private Stop stop = Stop.AtEnd;

    public MimeParser(in ReadOnlySequence<byte> octets, MimeLimits limits)
    {
        this.octets = new OctetBlocks(octets);
        this.limits = limits;
        lineEnd = this.octets.IndexOf((byte)'\n', 0) >= 0 ? (byte)'\n' : (byte)'\r';
    }

    public MimeMessage Parse()
    {
        if (octets.StartsWith(0, "\uFEFF"u8))
            at = 3;
        if (octets.StartsWith(at, "From "u8))
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

    private MimePart ReadPart(ContentType otherwise, int depth)
    {
        parts++;
        var start = at;
        var headers = ReadHeaders();
        // The last one counts, as it does for most readers.
        var type = headers.FindLast("Content-Type") is { } field ? ContentType.Parse(field.Value) : otherwise;
        var part = new MimePart(headers, type);
        var bodyStart = at;
        if (stop.Boundary < 0)
            ReadBody(part, depth);
        var end = EndOfBody(start);
        part.Body = new ReceivedBody(octets, start, Math.Min(bodyStart, end), end);
        return part;
    }

    private void ReadBody(MimePart part, int depth)
    {
        var type = part.ContentType;
        if (type.Type is "multipart" && type.Boundary is { Length: > 0 } boundary && Encoding.UTF8.GetByteCount(boundary) <= MostBoundaryOctets && depth < limits.Depth)
        {
            part.Parts = ReadMultipart(Encoding.UTF8.GetBytes(boundary), type.Subtype is "digest" ? ContentType.Message : ContentType.Default, depth);
        }
        else if (type.IsMessage && part.TransferEncoding is not ("base64" or "quoted-printable") && depth < limits.Depth && messages < limits.MessageDepth)
        {
            part.Message = ReadMessage(depth);
        }
        else
        {
            isTruncated |= type.Type is "multipart" && depth >= limits.Depth || type.IsMessage && (depth >= limits.Depth || messages >= limits.MessageDepth);
            SkipToDelimiter();
        }
    }

    private MimeMessage ReadMessage(int depth)
    {
        messages++;
        SkipBlankLinesAndMboxLine();
        var message = new MimeMessage(ReadPart(ContentType.Default, depth + 1), isTruncated);
        messages--;
        return message;
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
    private int EndOfBody(int start)
    {
        if (stop.Boundary < 0)
            return octets.Length;
        var end = at;
        if (end > start && octets[end - 1] == lineEnd)
            end--;
        return end > start && end < at && lineEnd is (byte)'\n' && octets[end - 1] is (byte)'\r' ? end - 1 : end;
    }

    /// <summary>Moves to the next delimiter line of any open boundary, or to the end.</summary>
    private void SkipToDelimiter()
    {
        stop = Stop.AtEnd;
        while (boundaries.Count > 0 && at < octets.Length)
        {
            if (IsDelimiter(out stop))
                return;
            // Straight to the next line that could be one.
            at = octets.IndexOfDashes(lineEnd, at) is >= 0 and var next ? next : octets.Length;
            if (at < octets.Length && at > limits.TotalBytes)
            {
                isTruncated = true;
                break;
            }
        }

        at = octets.Length;
    }

    private bool IsDelimiter(out Stop found)
    {
        found = Stop.AtEnd;
        if (boundaries.Count is 0 || !octets.StartsWith(at, "--"u8))
            return false;
        var line = octets.Peek(at + 2, MostDelimiterOctets);
        for (var i = boundaries.Count - 1; i >= 0; i--)
        {
            if (!line.StartsWith(boundaries[i]))
                continue;
            var tail = line[boundaries[i].Length..];
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
        var start = at;
        var bytes = 0;
        var fields = new List<HeaderField>(16);
        stop = Stop.AtEnd;
        SkipLostField();
        while (at < octets.Length && !IsDelimiter(out stop))
        {
            var next = NextLine(at);
            var line = octets.Peek(at, Math.Min(next - at, MostNameOctets)).TrimEnd("\r\n"u8);
            if (line.IsEmpty)
            {
                var end = at;
                at = next;
                return new HeaderList(fields, octets, start, end);
            }

            var name = NameLength(line);
            if (name < 0)
            {
                // No empty line between fields and body: the body begins here, unless a field follows what is then only a broken line.
                if (!line.StartsWith(">From "u8) && !line.StartsWith("From "u8) && NameLength(octets.Peek(next, MostNameOctets)) < 0)
                    break;
                at = next;
                SkipContinuation();
                continue;
            }

            var begin = at;
            at = next;
            SkipContinuation();
            if (fields.Count >= limits.Fields || at - begin > limits.HeaderBytes - bytes)
            {
                isTruncated = true;
                continue;
            }

            fields.Add(new HeaderField(octets.Slice(begin, at), name));
            bytes += at - begin;
        }

        return new HeaderList(fields, octets, start, at);
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

    /// <summary>A block that begins in the middle of a folded field has lost that field; indented text is not such a block.</summary>
    private void SkipLostField()
    {
        var start = at;
        SkipContinuation();
        var line = octets.Peek(at, MostNameOctets);
        if (line is not ([] or [(byte)'\r' or (byte)'\n', ..]) && NameLength(line) < 0 && !IsDelimiter(out _))
            at = start;
    }

    private void SkipContinuation()
    {
        while (at < octets.Length && octets[at] is (byte)' ' or (byte)'\t')
            at = NextLine(at);
    }

    private void SkipBlankLinesAndMboxLine()
    {
        while (at < octets.Length && octets[at] is (byte)'\r' or (byte)'\n' && NextLine(at) is var next && octets.Slice(at, next).Span.TrimEnd("\r\n"u8).IsEmpty)
            at = next;
        if (octets.StartsWith(at, "From "u8) || octets.StartsWith(at, ">From "u8))
            at = NextLine(at);
    }

    private int NextLine(int from) => octets.IndexOf(lineEnd, from) is >= 0 and var end ? end + 1 : octets.Length;
}
