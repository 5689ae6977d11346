using Modular.Delivery.Gateway;

namespace Modular.Delivery.Queue;

/// <summary>Reads the ledger: sums, pages, one recipient.</summary>
internal sealed class Ledger(TenantDb db, SignedAddresses addresses, Microsoft.Extensions.Options.IOptions<DeliverySettings> settings)
{
    private const string Sums = """
        select campaign_id, state, sum(n)::bigint as n from tally where campaign_id = any(@campaignIds) group by campaign_id, state
        """;

    private const string Runs = """
        select campaign_id, state, started_at, finished_at, rate::double precision as rate from campaign_run where campaign_id = any(@campaignIds)
        """;

    /// <summary>An open row that is not due and lies at or below the cursor is with a sender.</summary>
    private const string Columns = """
        d.recipient_id, d.campaign_id, d.contact_id, d.email_index as email, d.domain,
        case when d.state in (0, 3) and d.due_at is null and (d.test_to is not null or d.recipient_id <= coalesce(r.cursor_id, 0)) then 1::smallint else d.state end as state,
        d.reason, d.status, d.attempts, d.queued_at, d.changed_at, d.due_at, d.complained, d.server, d.duration_ms
        """;

    private const string From = """

         from delivery d left join campaign_run r using (campaign_id)

        """;

    private const string Page = "select " + Columns + From + """
         where d.campaign_id = @campaignId and d.recipient_id > @after and d.recipient_id >= r.first_id and d.recipient_id <= r.last_id and d.test_to is null
           and (@state::smallint is null or d.state = @state)
           and (@state is distinct from 0 or d.due_at is not null or d.recipient_id > r.cursor_id)
         order by d.recipient_id limit @size
        """;

    private const string FaultPage = "select " + Columns + From + """
         where d.campaign_id = @campaignId and d.fault = @state and d.recipient_id > @after and d.test_to is null
           and (@state <> 3 or d.due_at is not null)
         order by d.recipient_id limit @size
        """;

    private const string SendingPage = "select " + Columns + From + """
         where d.recipient_id in (select unnest(recipient_ids) from claim) and d.campaign_id = @campaignId and d.recipient_id > @after
           and d.state in (0, 3) and d.due_at is null and d.test_to is null
         order by d.recipient_id limit @size
        """;

    private const string OfContact = "select " + Columns + From + """
         where d.contact_id = @contactId and d.test_to is null order by d.recipient_id desc limit @size
        """;

    private const string One = "select " + Columns + From + " where d.recipient_id = @recipientId";

    private const string Events = """
        select kind, at, server, status, words, duration_ms from delivery_event where recipient_id = @recipientId order by at, event_id
        """;

    public async Task<IReadOnlyDictionary<long, DeliveryCounts>> CountAsync(TenantId tenant, IReadOnlyCollection<long> campaignIds, CancellationToken ct)
    {
        var ids = campaignIds.ToArray();
        await using var tx = await db.BeginAsync(tenant, ct);
        var sums = (await tx.ListAsync<Sum>(Sums, new { campaignIds = ids }, ct)).ToLookup(sum => sum.CampaignId);
        var runs = (await tx.ListAsync<Run>(Runs, new { campaignIds = ids }, ct)).ToDictionary(run => run.CampaignId);
        return ids.Distinct().ToDictionary(id => id, id =>
        {
            var run = runs.GetValueOrDefault(id) ?? new Run(id, 0, null, null, 0);
            var of = sums[id].ToDictionary(sum => (int)sum.State, sum => sum.N);
            long N(int state) => of.GetValueOrDefault(state);
            return new DeliveryCounts(
                N((int)DeliveryState.Queued), N((int)DeliveryState.Sending), N((int)DeliveryState.Delivered), N((int)DeliveryState.Deferred),
                N((int)DeliveryState.Bounced), N((int)DeliveryState.Suppressed), N((int)DeliveryState.Skipped), N((int)DeliveryState.GivenUp),
                N(Tally.Complaints), N(Tally.Ambiguous), run.State is 2, run.StartedAt, run.FinishedAt, run.Rate);
        });
    }

    public async Task<LedgerPage> ReadAsync(TenantId tenant, long campaignId, DeliveryState? state, long after, int size, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(size is >= 1 and <= 1_000, true, nameof(size));
        var sql = state switch
        {
            null or DeliveryState.Queued or DeliveryState.Delivered => Page,
            DeliveryState.Sending => SendingPage,
            _ => FaultPage,
        };
        var rows = await db.ListAsync<Row>(tenant, sql, new { campaignId, state = (short?)state, after, size }, ct);
        return new LedgerPage([.. rows.Select(row => row.ToEntry())], rows.Count < size ? null : rows[^1].RecipientId);
    }

    public async Task<IReadOnlyList<LedgerEntry>> OfContactAsync(TenantId tenant, long contactId, int size, CancellationToken ct) =>
        [.. (await db.ListAsync<Row>(tenant, OfContact, new { contactId, size }, ct)).Select(row => row.ToEntry())];

    public async Task<LedgerDetail?> FindAsync(TenantId tenant, long recipientId, CancellationToken ct)
    {
        if (await FindRowAsync(tenant, recipientId, ct) is not { } row) return null;
        var attempts = (await EventsAsync(tenant, recipientId, ct)).Select(e => e.ToAttempt()).ToList();
        if (row.State is (short)DeliveryState.Delivered)
            attempts.Add(new DeliveryAttempt(row.ChangedAt ?? row.QueuedAt, row.Server ?? "", "delivered", row.Reason ?? "", row.DurationMs ?? 0));
        var returnDomain = settings.Value.ReturnDomain;
        return new LedgerDetail(
            row.ToEntry(),
            "<" + addresses.Write(new SignedAddress(AddressKind.MessageId, tenant, recipientId)) + "@" + returnDomain + ">",
            addresses.Write(new SignedAddress(AddressKind.Bounce, tenant, recipientId)) + "@" + returnDomain,
            attempts);
    }

    public Task<Row?> FindRowAsync(TenantId tenant, long recipientId, CancellationToken ct) => db.FindAsync<Row>(tenant, One, new { recipientId }, ct);

    public Task<IReadOnlyList<EventRow>> EventsAsync(TenantId tenant, long recipientId, CancellationToken ct) =>
        db.ListAsync<EventRow>(tenant, Events, new { recipientId }, ct);

    internal sealed record Row(
        long RecipientId, long CampaignId, long ContactId, Guid Email, string Domain, short State, string? Reason, string? Status, short Attempts,
        DateTimeOffset QueuedAt, DateTimeOffset? ChangedAt, DateTimeOffset? DueAt, bool Complained, string? Server, int? DurationMs)
    {
        public LedgerEntry ToEntry() => new(
            RecipientId, CampaignId, ContactId, new EmailIndex(Email), (DeliveryState)State, Reason, Status, Attempts, QueuedAt, ChangedAt, DueAt, Complained);
    }

    internal sealed record EventRow(short Kind, DateTimeOffset At, string? Server, string? Status, string? Words, int DurationMs)
    {
        public DeliveryEventKind What => (DeliveryEventKind)Kind;

        public DeliveryAttempt ToAttempt() => new(At, Server ?? "", What.InWords(), Words ?? "", DurationMs);
    }

    private sealed record Sum(long CampaignId, short State, long N);

    private sealed record Run(long CampaignId, short State, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, double Rate);
}
