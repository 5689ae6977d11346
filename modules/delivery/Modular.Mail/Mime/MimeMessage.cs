using System.Buffers;

namespace Modular.Mail.Mime;

/// <summary>A message as received. It keeps the octets it was parsed from, and decodes when asked.</summary>
public sealed class MimeMessage
{
    internal MimeMessage(MimePart body, bool isTruncated)
    {
        Body = body;
        IsTruncated = isTruncated;
    }

    public HeaderList Headers => Body.Headers;

    /// <summary>The outermost part; its header fields are the message's own.</summary>
    public MimePart Body { get; }

    /// <summary>True when a bound of <see cref="MimeLimits"/> was met somewhere in the message, so that its parts are not all there.</summary>
    public bool IsTruncated { get; }

    public string? Subject => Headers["Subject"];

    /// <summary>Without its angle brackets; null when there is none.</summary>
    public string? MessageId => Headers.Find("Message-ID")?.Value.Trim('<', '>', ' ', '\t') is { Length: > 0 } id ? id : null;

    /// <summary>Null when there is none, or it is no date.</summary>
    public DateTimeOffset? Date => Headers.Find("Date") is { } found && MailDate.TryParse(found.Value, out var date) ? date : null;

    public IReadOnlyList<MailboxAddress> From => Mailboxes("From");

    public IReadOnlyList<MailboxAddress> To => Mailboxes("To");

    public IReadOnlyList<MailboxAddress> Cc => Mailboxes("Cc");

    /// <summary>The mailboxes of all fields of that name.</summary>
    public IReadOnlyList<MailboxAddress> Mailboxes(string name) => [.. Headers.All(name).SelectMany(field => AddressList.Parse(field.Value))];

    /// <summary>
    /// Parses anything: what is broken is read as well as it can be. Lines may end in CRLF, LF, or, where there is no LF at all, CR.
    /// The octets must not change while the message is used.
    /// </summary>
    public static MimeMessage Parse(ReadOnlyMemory<byte> octets, MimeLimits? limits = null) => new MimeParser(octets, limits ?? MimeLimits.Default).Parse();

    /// <summary>As above; octets in several segments are copied together first.</summary>
    public static MimeMessage Parse(in ReadOnlySequence<byte> octets, MimeLimits? limits = null) => Parse(octets.IsSingleSegment ? octets.First : octets.ToArray(), limits);
}
