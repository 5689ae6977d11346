using System.Text;

namespace Modular.Mail.Smtp.Client;

internal enum ReplyStatus
{
    Complete,
    Incomplete,
    Malformed,
}

/// <summary>
/// Reads one reply, of one line or many (RFC 5321 §4.2.1). A bare LF ends a line here: where a reply ends decides nothing about mail,
/// and servers that send them exist.
/// </summary>
internal static class ReplyReader
{
    public static ReplyStatus TryRead(ReadOnlySpan<byte> buffer, out SmtpReply? reply, out int length)
    {
        reply = null;
        length = 0;
        StringBuilder? text = null;
        EnhancedStatus status = default;
        var code = 0;
        while (true)
        {
            var end = buffer[length..].IndexOf((byte)'\n');
            if (end < 0)
                return Looks(buffer[length..]) ? ReplyStatus.Incomplete : ReplyStatus.Malformed;
            var line = buffer.Slice(length, end).TrimEnd((byte)'\r');
            length += end + 1;
            if (!TryReadCode(line, out var lineCode) || (code is not 0 && lineCode != code))
                return ReplyStatus.Malformed;

            var isFirst = code is 0;
            code = lineCode;
            var words = Words(line.Length > 4 ? line[4..] : []);
            if (EnhancedStatus.TryReadPrefix(words, out var lineStatus, out var statusLength) && (isFirst || lineStatus == status))
            {
                status = lineStatus;
                words = words[statusLength..].TrimStart(' ');
            }

            var isLast = line.Length is 3 || line[3] is (byte)' ';
            if (isFirst && isLast)
            {
                reply = new SmtpReply(code, status, words);
                return ReplyStatus.Complete;
            }

            text = isFirst ? new StringBuilder(words) : text!.Append('\n').Append(words);
            if (isLast)
            {
                reply = new SmtpReply(code, status, text.ToString());
                return ReplyStatus.Complete;
            }
        }
    }

    /// <summary>False as soon as the beginning of a line cannot become a reply: an HTTP server is recognised at once.</summary>
    private static bool Looks(ReadOnlySpan<byte> start) =>
        !start[..Math.Min(start.Length, 3)].ContainsAnyExceptInRange((byte)'0', (byte)'9');

    private static bool TryReadCode(ReadOnlySpan<byte> line, out int code)
    {
        code = 0;
        if (line.Length < 3 || !Looks(line) || (line.Length > 3 && line[3] is not ((byte)' ' or (byte)'-')))
            return false;
        code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
        return code is >= 200 and < 600;
    }

    /// <summary>Replies are shown and stored, so controls become blanks and broken UTF-8 its replacement character.</summary>
    private static string Words(ReadOnlySpan<byte> bytes) => bytes.ContainsAnyExceptInRange((byte)' ', (byte)'~')
        ? string.Concat(Encoding.UTF8.GetString(bytes).Select(static c => char.IsControl(c) ? ' ' : c))
        : Encoding.ASCII.GetString(bytes);
}
