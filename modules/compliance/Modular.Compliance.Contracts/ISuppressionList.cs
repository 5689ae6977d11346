namespace Modular.Compliance;

/// <summary>
/// The addresses of a tenant that may not be mailed, kept as blind indexes alone, so that an entry outlives the contact it came from.
/// Asked when an audience is queued and again when a mail is sent.
/// </summary>
public interface ISuppressionList
{
    /// <summary>The entries among <paramref name="addresses"/>; who is absent from the answer may be mailed. At most 10,000 at once.</summary>
    Task<IReadOnlyDictionary<EmailIndex, Suppression>> FindAsync(TenantId tenant, IReadOnlyCollection<EmailIndex> addresses, CancellationToken ct);

    /// <summary>
    /// Adds entries; of two reasons for one address the graver stays (complaint, unsubscribed, hard bounce, manual). Repeating it changes nothing.
    /// Tells <see cref="AddressSuppressed"/> for each entry that is new or graver than before.
    /// </summary>
    Task SuppressAsync(TenantId tenant, IReadOnlyCollection<Suppression> entries, CancellationToken ct);
}

/// <param name="Source">What said so, for a reader: <c>unsubscribe link</c>, <c>spam report from example.com</c>, <c>550 5.1.1 …</c>; no address in it.</param>
/// <param name="ContactId">The contact it came from; null when unknown.</param>
/// <param name="RecipientId">The delivery it came from; null when none.</param>
public sealed record Suppression(EmailIndex Email, SuppressionReason Reason, string Source, DateTimeOffset At, long? ContactId = null, long? RecipientId = null);

/// <summary>Why an address may not be mailed, the gravest last.</summary>
public enum SuppressionReason
{
    /// <summary>Entered by a user.</summary>
    Manual,

    /// <summary>The mailbox or its domain does not exist.</summary>
    HardBounce,

    /// <summary>The person unsubscribed.</summary>
    Unsubscribed,

    /// <summary>The person reported our mail as spam.</summary>
    Complaint,
}

/// <summary>An address joined the suppression list, or joined it for a graver reason.</summary>
public sealed record AddressSuppressed(TenantId Tenant, EmailIndex Email, SuppressionReason Reason, string Source, DateTimeOffset At, long? ContactId, long? RecipientId) : IEvent;
