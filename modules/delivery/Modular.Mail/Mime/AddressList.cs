using System.Buffers;
using System.Text;

namespace Modular.Mail.Mime;

/// <summary>Reads address lists (RFC 5322 §3.4, RFC 5322 §4.4) as strangers write them. Names are decoded (RFC 2047 §5(3)); groups give their members.</summary>
public static class AddressList
{
    private const int MostMailboxes = 1000;
    private const int MostCommentDepth = 20;

    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create(" ,<>()");

    /// <summary>At most 1000 mailboxes; pieces that hold no address give a mailbox whose address is the piece.</summary>
    /// <param name="value">An unfolded field value, its encoded words not yet decoded.</param>
    public static IReadOnlyList<MailboxAddress> Parse(string value)
    {
        var mailboxes = new List<MailboxAddress>();
        var at = 0;
        while (at < value.Length && mailboxes.Count < MostMailboxes)
        {
            if (ReadOne(value, ref at) is { } mailbox)
                mailboxes.Add(mailbox);
        }

        return mailboxes;
    }

    private static MailboxAddress? ReadOne(string value, ref int at)
    {
        var phrase = new StringBuilder();
        var comment = new StringBuilder();
        string? address = null;
        var isQuoted = false;
        var hasSign = false;
        for (; at < value.Length; at++)
        {
            switch (value[at])
            {
                case ',' or ';':
                    at++;
                    return Make(phrase, comment, address, isQuoted);
                case ':' when address is null && !hasSign:
                    phrase.Clear(); // the name of a group
                    break;
                case '"':
                    isQuoted = true;
                    ReadQuoted(value, ref at, phrase);
                    break;
                case '(':
                    ReadComment(value, ref at, comment);
                    break;
                case '<':
                    address = ReadAngle(value, ref at);
                    break;
                default:
                    hasSign |= value[at] is '@';
                    if (value[at] is not (' ' or '\t') || phrase is { Length: > 0 } && phrase[^1] is not ' ')
                        phrase.Append(value[at] is '\t' ? ' ' : value[at]);
                    break;
            }
        }

        return Make(phrase, comment, address, isQuoted);
    }

    private static MailboxAddress? Make(StringBuilder phrase, StringBuilder comment, string? address, bool isQuoted)
    {
        var name = phrase.ToString().Trim();
        if (address is null)
        {
            // No angle brackets: the whole is the address, and a comment behind it is the name, as in the oldest mail.
            if (name.Length is 0)
                return null;
            var local = name.LastIndexOf('@') is var sign && isQuoted && sign > 0 && name.AsSpan(0, sign).ContainsAny(NeedQuotes)
                ? $"\"{name[..sign]}\"{name[sign..]}"
                : name.Replace(" ", "", StringComparison.Ordinal);
            return MailboxAddress.FromWire(EncodedWordReader.Decode(comment.ToString().Trim()), local);
        }

        if (address.Length is 0 && name.Length is 0)
            return null;
        return MailboxAddress.FromWire(EncodedWordReader.Decode(name.Length > 0 ? name : comment.ToString().Trim()), address);
    }

    private static void ReadQuoted(string value, ref int at, StringBuilder text)
    {
        for (at++; at < value.Length && value[at] is not '"'; at++)
        {
            if (value[at] is '\\' && at + 1 < value.Length)
                at++;
            text.Append(value[at]);
        }
    }

    private static void ReadComment(string value, ref int at, StringBuilder text)
    {
        var depth = 1;
        for (at++; at < value.Length; at++)
        {
            if (value[at] is '\\' && at + 1 < value.Length)
                at++;
            else if (value[at] is '(' && depth < MostCommentDepth)
                depth++;
            else if (value[at] is ')' && --depth is 0)
                return;
            text.Append(value[at]);
        }
    }

    /// <summary>What stands in angle brackets, without blanks and without a source route (RFC 5322 §4.4).</summary>
    private static string ReadAngle(string value, ref int at)
    {
        var text = new StringBuilder();
        for (at++; at < value.Length && value[at] is not '>'; at++)
        {
            if (value[at] is '"')
            {
                text.Append('"');
                for (at++; at < value.Length && value[at] is not '"'; at++)
                {
                    if (value[at] is '\\' && at + 1 < value.Length)
                        text.Append(value[at++]);
                    text.Append(value[at]);
                }

                text.Append('"');
            }
            else if (value[at] is not (' ' or '\t' or '<'))
            {
                text.Append(value[at]);
            }
        }

        var address = text.ToString();
        return address is ['@', ..] && address.IndexOf(':', StringComparison.Ordinal) is > 0 and var route ? address[(route + 1)..] : address;
    }
}
