namespace Modular.Mail.Mime;

/// <summary>What all messages of one mailing have in common.</summary>
public sealed record MimeTemplate
{
    public required MailboxAddress From { get; init; }

    /// <summary>Null leaves the field out.</summary>
    public MailboxAddress? ReplyTo { get; init; }

    /// <summary>Fields such as List-Id or List-Unsubscribe-Post. None of those that <see cref="MimeWriter"/> writes itself.</summary>
    public IReadOnlyList<HeaderLine> Headers { get; init; } = [];
}

/// <summary>What one recipient gets.</summary>
public readonly ref struct MimeContent
{
    public required MailboxAddress To { get; init; }

    public required HeaderText Subject { get; init; }

    public required DateTimeOffset Date { get; init; }

    /// <summary>Unique in the world, and the same again on every retry; the boundary is derived from it.</summary>
    public required MessageId MessageId { get; init; }

    /// <summary>Fields that differ per recipient, such as List-Unsubscribe. None of those that <see cref="MimeWriter"/> writes itself.</summary>
    public ReadOnlySpan<HeaderLine> Headers { get; init; }

    /// <summary>UTF-8; lines end in LF or CRLF. Empty leaves the part out when there is HTML.</summary>
    public ReadOnlySpan<byte> Text { get; init; }

    /// <summary>UTF-8; lines end in LF or CRLF. Empty makes a message of text alone.</summary>
    public ReadOnlySpan<byte> Html { get; init; }
}

/// <summary>Where the parts of a written message lie: header fields, one empty line, body.</summary>
/// <param name="HeaderBytes">All fields with their line ends; the empty line behind them is not counted.</param>
/// <param name="BodyBytes">Everything behind the empty line.</param>
public readonly record struct MimeLayout(int HeaderBytes, int BodyBytes)
{
    /// <summary>Offset of the body from the start of the message.</summary>
    public int BodyStart => HeaderBytes + 2;
}
