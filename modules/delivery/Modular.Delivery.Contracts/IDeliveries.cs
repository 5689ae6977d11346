namespace Modular.Delivery;

/// <summary>Takes messages to be sent, and says what became of them. One row for each recipient, unique on campaign and contact, is the ledger.</summary>
public interface IDeliveries
{
    /// <summary>
    /// Queues a page of recipients. Handing the same page over twice queues it once. Nothing is rendered or sent before <see cref="StartAsync"/>.
    /// Suppressed addresses are recorded as such here, and looked up once more when their turn comes.
    /// </summary>
    Task QueueAsync(TenantId tenant, long campaignId, IReadOnlyList<Handover> page, CancellationToken ct);

    /// <summary>The audience is complete, or a pause is over: send.</summary>
    Task StartAsync(TenantId tenant, long campaignId, CancellationToken ct);

    /// <summary>No further message is begun; those on the wire are finished.</summary>
    Task PauseAsync(TenantId tenant, long campaignId, CancellationToken ct);

    /// <summary>What is not sent yet is skipped, with the reason <c>cancelled</c>.</summary>
    Task CancelAsync(TenantId tenant, long campaignId, CancellationToken ct);

    /// <summary>The ledger's sums; always add up to what was queued.</summary>
    Task<IReadOnlyDictionary<long, DeliveryCounts>> CountAsync(TenantId tenant, IReadOnlyCollection<long> campaignIds, CancellationToken ct);

    /// <summary>One page of the ledger, in order of recipient id.</summary>
    /// <param name="state">Only these; null for all.</param>
    /// <param name="size">1 to 1,000.</param>
    Task<LedgerPage> ReadLedgerAsync(TenantId tenant, long campaignId, DeliveryState? state, long after, int size, CancellationToken ct);

    /// <summary>What one contact was sent, newest first.</summary>
    Task<IReadOnlyList<LedgerEntry>> OfContactAsync(TenantId tenant, long contactId, int size, CancellationToken ct);

    /// <summary>One recipient of the ledger with its attempts; null when there is none.</summary>
    Task<LedgerDetail?> FindAsync(TenantId tenant, long recipientId, CancellationToken ct);

    /// <summary>Queues single test mails of a campaign's content, outside its ledger and its figures. Returns the recipient ids.</summary>
    Task<IReadOnlyList<long>> QueueTestAsync(TenantId tenant, long campaignId, IReadOnlyList<TestRecipient> recipients, CancellationToken ct);
}

/// <param name="SkipReason">Why this contact is not to be mailed, such as <c>unsubscribed</c>; null when it is.</param>
public readonly record struct Handover(long ContactId, EmailIndex Email, string Domain, string? SkipReason);

/// <param name="ContactId">Whose profile fills the mail; 0 for the sample profile.</param>
public sealed record TestRecipient(EmailAddress To, long ContactId);

/// <summary>Where a recipient stands. Every recipient is in exactly one state.</summary>
public enum DeliveryState
{
    Queued,
    Sending,
    Delivered,

    /// <summary>Refused for now (4xx); will be tried again.</summary>
    Deferred,

    /// <summary>Refused for good, in session or by a later report.</summary>
    Bounced,

    /// <summary>On the suppression list.</summary>
    Suppressed,

    /// <summary>Not mailed for another reason, which is recorded.</summary>
    Skipped,

    /// <summary>Deferred until its time was over.</summary>
    GivenUp,
}

/// <param name="Complaints">Spam reports; a complaint does not change the state: the mail was delivered.</param>
/// <param name="Ambiguous">Messages whose connection was lost after the final dot, so that they may have been sent twice (RFC 1047).</param>
public sealed record DeliveryCounts(
    long Queued, long Sending, long Delivered, long Deferred, long Bounced, long Suppressed, long Skipped, long GivenUp,
    long Complaints, long Ambiguous, bool IsPaused, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, double MessagesPerSecond)
{
    public long Audience => Queued + Sending + Delivered + Deferred + Bounced + Suppressed + Skipped + GivenUp;

    /// <summary>Recipients whose story may still change by sending.</summary>
    public long Open => Queued + Sending + Deferred;
}

public sealed record LedgerPage(IReadOnlyList<LedgerEntry> Entries, long? Last);

/// <param name="Reason">The far side's words, or ours; null while there is nothing to say.</param>
/// <param name="Status">Enhanced status, as in <c>5.1.1</c>; null when none was given.</param>
public sealed record LedgerEntry(
    long RecipientId, long CampaignId, long ContactId, EmailIndex Email, DeliveryState State, string? Reason, string? Status,
    int Attempts, DateTimeOffset QueuedAt, DateTimeOffset? ChangedAt, DateTimeOffset? NextTryAt, bool Complained)
{
    /// <summary>Status and reason in one; empty while there is nothing to say.</summary>
    public string Words => FarSide.Words(Status, Reason);
}

public sealed record LedgerDetail(LedgerEntry Entry, string MessageId, string ReturnPath, IReadOnlyList<DeliveryAttempt> Attempts);

/// <param name="Server">Host and address we spoke to.</param>
/// <param name="Reply">Its last words, whole.</param>
public sealed record DeliveryAttempt(DateTimeOffset At, string Server, string Outcome, string Reply, int DurationMs);
