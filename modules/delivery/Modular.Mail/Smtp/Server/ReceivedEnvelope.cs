namespace Modular.Mail.Smtp.Server;

/// <summary>The envelope of a message as it grows from MAIL to RCPT.</summary>
/// <param name="Sender">The envelope sender; <see cref="SmtpPath.Null"/> for bounces.</param>
/// <param name="Parameters">What MAIL said besides.</param>
public sealed record ReceivedEnvelope(SmtpPeer Peer, SmtpPath Sender, MailParameters Parameters)
{
    private readonly List<ReceivedRecipient> _recipients = [];

    /// <summary>The recipients accepted so far, in their order.</summary>
    public IReadOnlyList<ReceivedRecipient> Recipients => _recipients;

    internal void Add(ReceivedRecipient recipient) => _recipients.Add(recipient);
}

/// <param name="DeclaredBytes">SIZE, an estimate (RFC 1870 §6.1); null when not given.</param>
/// <param name="Is8Bit">BODY=8BITMIME (RFC 6152).</param>
/// <param name="IsUtf8">SMTPUTF8 (RFC 6531): addresses and header may be UTF-8.</param>
/// <param name="Return">RET (RFC 3461 §4.3).</param>
/// <param name="EnvelopeId">ENVID as xtext, at most 100 characters (RFC 3461 §4.4); null when not given.</param>
public sealed record MailParameters(long? DeclaredBytes, bool Is8Bit, bool IsUtf8, DsnReturn Return, string? EnvelopeId)
{
    internal static MailParameters None { get; } = new(null, false, false, DsnReturn.Unspecified, null);
}

/// <param name="Notify">NOTIFY (RFC 3461 §4.1).</param>
/// <param name="OriginalRecipient">ORCPT as <c>type;xtext</c> (RFC 3461 §4.2); null when not given.</param>
public sealed record ReceivedRecipient(SmtpPath Path, DsnNotify Notify, string? OriginalRecipient);
