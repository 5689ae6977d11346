using System.Text;

namespace Modular.Delivery.Queue;

/// <summary>Puts recipients into the ledger.</summary>
internal sealed class Handing(TenantDb db, ISealer sealer, ISuppressionList suppressions, TimeProvider time)
{
    public const int MaxPage = 10_000;

    private const string LockRun = """
        insert into campaign_run (campaign_id) values (@campaignId) on conflict (campaign_id) do update set state = campaign_run.state
        """;

    private const string AddPage = """
        with page as (
            select * from unnest(@contacts, @emails, @domains, @states, @reasons) as p(contact_id, email_index, domain, state, reason)
        ), added as (
            insert into delivery (campaign_id, contact_id, email_index, domain, state, reason, queued_at)
            select @campaignId, contact_id, email_index, domain, state, reason, @now from page
            on conflict (contact_id, campaign_id) where test_to is null do nothing
            returning recipient_id, campaign_id, state
        ), moved as (
            select campaign_id, state, 1 as n from added
        ), tallied as (
        """ + "\n" + Tally.Add + """

        ), bounds as (
            select min(recipient_id) as first_id, max(recipient_id) as last_id from added
        )
        update campaign_run r
           set first_id = case when r.first_id = 0 then b.first_id else r.first_id end, last_id = greatest(r.last_id, b.last_id)
          from bounds b
         where r.campaign_id = @campaignId and b.last_id is not null
        """;

    private const string AddTests = """
        insert into delivery (recipient_id, campaign_id, contact_id, email_index, domain, state, queued_at, due_at, test_to)
        select recipient_id, @campaignId, contact_id, email_index, domain, 0, @now, @now, test_to
          from unnest(@ids, @contacts, @emails, @domains, @addresses) as t(recipient_id, contact_id, email_index, domain, test_to)
        """;

    public async Task QueueAsync(TenantId tenant, long campaignId, IReadOnlyList<Handover> page, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(page.Count, MaxPage);
        if (page.Count is 0) return;
        var suppressed = await suppressions.FindAsync(tenant, [.. page.Where(row => row.SkipReason is null).Select(row => row.Email)], ct);
        var rows = page.Select(row => Judge(row, suppressed)).ToArray();

        await using var tx = await db.BeginAsync(tenant, ct);
        await tx.RunAsync(LockRun, new { campaignId }, ct); // ids are drawn behind this lock: the cursor never passes one that is still to come
        await tx.RunAsync(AddPage, new
        {
            campaignId,
            now = time.GetUtcNow(),
            contacts = page.Select(row => row.ContactId).ToArray(),
            emails = page.Select(row => row.Email.Value).ToArray(),
            domains = page.Select(row => row.Domain).ToArray(),
            states = rows.Select(row => (short)row.State).ToArray(),
            reasons = rows.Select(row => row.Reason).ToArray(),
        }, ct);
        await tx.CommitAsync(ct);
    }

    public async Task<IReadOnlyList<long>> QueueTestAsync(TenantId tenant, long campaignId, IReadOnlyList<TestRecipient> recipients, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(recipients.Count, 100);
        await using var tx = await db.BeginAsync(tenant, ct);
        var ids = await tx.NextIdsAsync(recipients.Count, ct);
        await tx.RunAsync(AddTests, new
        {
            campaignId,
            now = time.GetUtcNow(),
            ids = ids.ToArray(),
            contacts = recipients.Select(recipient => recipient.ContactId).ToArray(),
            emails = recipients.Select(recipient => sealer.Index(tenant, recipient.To).Value).ToArray(),
            domains = recipients.Select(recipient => recipient.To.Domain).ToArray(),
            addresses = recipients.Zip(ids, (recipient, id) => sealer.Seal(tenant, Claims.TestPurpose, id, Encoding.UTF8.GetBytes(recipient.To.ToString()))).ToArray(),
        }, ct);
        await tx.CommitAsync(ct);
        return ids;
    }

    private static (DeliveryState State, string? Reason) Judge(Handover row, IReadOnlyDictionary<EmailIndex, Suppression> suppressed) =>
        row.SkipReason is { } skip ? (DeliveryState.Skipped, skip)
        : suppressed.TryGetValue(row.Email, out var entry) ? (DeliveryState.Suppressed, entry.InWords())
        : (DeliveryState.Queued, null);
}
