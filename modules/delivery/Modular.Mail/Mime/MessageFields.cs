namespace Modular.Mail.Mime;

/// <summary>The fields of a message that we write (RFC 5322 §3.6). Bcc is not among them: it belongs to the envelope.</summary>
public sealed record MessageFields
{
    /// <summary>At least one; with several, <see cref="Sender"/> is needed too (RFC 5322 §3.6.2).</summary>
    public required IReadOnlyList<MailboxAddress> From { get; init; }

    /// <summary>Who sent it for those of <see cref="From"/>; null when that is the one author.</summary>
    public MailboxAddress? Sender { get; init; }

    public IReadOnlyList<MailboxAddress> ReplyTo { get; init; } = [];

    public IReadOnlyList<MailboxAddress> To { get; init; } = [];

    public IReadOnlyList<MailboxAddress> Cc { get; init; } = [];

    public required HeaderText Subject { get; init; }

    public required DateTimeOffset Date { get; init; }

    /// <summary>Unique in the world, and the same again on every retry.</summary>
    public required MessageId MessageId { get; init; }

    /// <summary>Further fields; none of those above, and none that belong to the body or to transport.</summary>
    public IReadOnlyList<HeaderLine> Headers { get; init; } = [];

    /// <exception cref="ArgumentException">A field stands twice or is not for callers to write, there is no author, or there are several and no sender.</exception>
    internal List<HeaderLine> ToHeaderLines()
    {
        if (From.Count is 0 || (From.Count > 1 && Sender is null))
            throw new ArgumentException("A message has one author, or several and a sender.");
        OwnFields.Refuse(Headers);
        var lines = new List<HeaderLine> { HeaderLine.Mailboxes("From", [.. From]) };
        if (Sender is { } sender)
            lines.Add(HeaderLine.Mailboxes("Sender", sender));
        foreach (var (name, mailboxes) in new[] { ("Reply-To", ReplyTo), ("To", To), ("Cc", Cc) })
        {
            if (mailboxes.Count > 0)
                lines.Add(HeaderLine.Mailboxes(name, [.. mailboxes]));
        }

        lines.Add(HeaderLine.Text("Subject", Subject));
        lines.Add(HeaderLine.Date("Date", Date));
        lines.Add(HeaderLine.Structured("Message-ID", HeaderText.Create(MessageId.ToString())));
        lines.AddRange(Headers);
        lines.Add(HeaderLine.Structured("MIME-Version", HeaderText.Create("1.0")));
        return lines;
    }
}
