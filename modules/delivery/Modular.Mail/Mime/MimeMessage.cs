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

    /// <summary>A message of ours: those fields, then the body. Its octets are made by <see cref="WriteTo"/>.</summary>
    /// <exception cref="ArgumentException">See <see cref="MessageFields"/>.</exception>
    public static MimeMessage Compose(MessageFields fields, MimePart body) =>
        new(body.With(HeaderList.Of(fields.ToHeaderLines()).Append(body.Headers)), isTruncated: false);

    /// <summary>The same body below other fields; those that were received keep their octets.</summary>
    public MimeMessage With(HeaderList headers) => new(Body.With(headers), IsTruncated);

    /// <summary>Appends the message's octets: those that were received where nothing was changed, without a byte order mark or mbox line in front.</summary>
    public void WriteTo(IBufferWriter<byte> output) => Body.WriteTo(output);

    /// <summary>
    /// Parses anything: what is broken is read as well as it can be. Lines may end in CRLF, LF, or, where there is no LF at all, CR.
    /// The octets must not change while the message is used.
    /// </summary>
    public static MimeMessage Parse(ReadOnlyMemory<byte> octets, MimeLimits? limits = null) => Parse(new ReadOnlySequence<byte>(octets), limits);

    /// <summary>As above; octets in several segments stay where they are, but for header fields and bodies that cross a border, which are copied when asked for.</summary>
    public static MimeMessage Parse(in ReadOnlySequence<byte> octets, MimeLimits? limits = null) => new MimeParser(octets, limits ?? MimeLimits.Default).Parse();
}
