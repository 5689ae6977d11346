namespace Modular.Delivery;

/// <summary>
/// Makes the content of messages at the moment they are sent: declared here, served by campaigns. Pure: the same recipients give the same bytes, so that
/// a retry is the message it repeats.
/// </summary>
public interface IMessageSource
{
    /// <summary>Content for these recipients, in their order, at most 500 at once. Nothing is kept.</summary>
    Task<IReadOnlyList<ComposedMessage>> ComposeAsync(TenantId tenant, long campaignId, IReadOnlyList<ComposeRequest> recipients, CancellationToken ct);
}

/// <param name="RecipientId">What links and pixel are signed for.</param>
/// <param name="ContactId">Whose profile fills it; 0 for the sample profile of a test mail.</param>
/// <param name="To">Set for a test mail: where it goes instead of the contact's own address.</param>
public readonly record struct ComposeRequest(long RecipientId, long ContactId, EmailAddress? To);

/// <summary>Either a message or the reason why there is none.</summary>
public abstract record ComposedMessage
{
    private ComposedMessage() { }

    /// <param name="Header">What all messages of this revision share; the same instance for each, so that it is encoded once.</param>
    /// <param name="Text">UTF-8, lines ended by LF or CRLF.</param>
    /// <param name="Html">UTF-8, lines ended by LF or CRLF.</param>
    /// <param name="UnsubscribeUrl">For <c>List-Unsubscribe</c> with one click (RFC 8058); null for none.</param>
    public sealed record Message(SharedHeader Header, EmailAddress To, string? ToName, string Subject, ReadOnlyMemory<byte> Text, ReadOnlyMemory<byte> Html, Uri? UnsubscribeUrl) : ComposedMessage;

    /// <param name="Reason">For the ledger: <c>contact deleted</c>, <c>template: line 12: …</c>.</param>
    public sealed record Skipped(string Reason) : ComposedMessage;
}

/// <param name="ListId">Identifier of the list (RFC 2919), without brackets.</param>
/// <param name="FeedbackId">Value of <c>Feedback-ID</c>.</param>
public sealed record SharedHeader(EmailAddress From, string? FromName, EmailAddress? ReplyTo, string ListId, string FeedbackId);
