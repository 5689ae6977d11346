using System.Text;
using Modular.Tenancy;

namespace Modular.Delivery.Queue;

/// <summary>
/// Takes recipients out of the queue: first what is due again, then what was never tried, from the campaign that has waited longest. A campaign's
/// first attempts need no search and change no row of theirs: the cursor moves over them.
/// </summary>
internal sealed class Claims(TenantDb db, ISealer sealer, IQuotas quotas, TimeProvider time)
{
    /// <summary>Under what a test mail's address is sealed.</summary>
    public const string TestPurpose = "delivery.test";

    private const string Columns = "recipient_id, campaign_id, contact_id, email_index as email, domain, queued_at, attempts, state, test_to";

    private const string TakeDue = """
        with again as (
            select d.recipient_id
              from (select campaign_id from campaign_run where state = 1) r
             cross join lateral (
                select recipient_id from delivery
                 where campaign_id = r.campaign_id and due_at <= @now and test_to is null
                 order by due_at limit @size for update skip locked) d
             limit @size
        ), tests as (
            select recipient_id from delivery where due_at <= @now and test_to is not null order by due_at limit @size for update skip locked
        )
        update delivery set due_at = null
         where recipient_id in (select recipient_id from again union all select recipient_id from tests)
        returning
        """ + " " + Columns;

    private const string PickRun = """
        select campaign_id, cursor_id, last_id from campaign_run
         where state = 1 and cursor_id < last_id
         order by claimed_at nulls first limit 1 for update skip locked
        """;

    private const string ReadPage = "select " + Columns + """

          from delivery
         where recipient_id > @CursorId and recipient_id <= @LastId and campaign_id = @CampaignId
           and state = 0 and due_at is null
         order by recipient_id limit @size
        """;

    private const string MoveCursor = "update campaign_run set cursor_id = @cursor, claimed_at = @now where campaign_id = @CampaignId";

    private const string Record = """
        with moved as (
            select campaign_id, 1::smallint as state, count(*) as n from unnest(@campaigns, @states) c(campaign_id, state) group by campaign_id
            union all
            select campaign_id, state, -count(*) from unnest(@campaigns, @states) c(campaign_id, state) group by campaign_id, state
        ), tallied as (
        """ + "\n" + Tally.Add + """

        )
        insert into claim (lease_id, recipient_ids) values (@leaseId, @recipients) returning claim_id
        """;

    /// <summary>Up to <paramref name="size"/> recipients, claimed under the queue's lease and committed. Empty when nothing is due or others hold the runs.</summary>
    public async Task<IReadOnlyList<Claimed>> TakeAsync(TenantQueue queue, int size, CancellationToken ct)
    {
        var allowed = await quotas.TakeMailsAsync(queue.Tenant, size, ct);
        var begun = 0;
        try
        {
            var (claimed, first) = await TakeAsync(queue, size, allowed, ct);
            begun = first;
            return claimed;
        }
        finally
        {
            await quotas.GiveMailsBackAsync(queue.Tenant, allowed - begun, CancellationToken.None);
        }
    }

    /// <param name="allowed">How many may be tried for the first time; who was tried before has been counted.</param>
    /// <returns>Also how many are tried for the first time.</returns>
    private async Task<(IReadOnlyList<Claimed> Claimed, int First)> TakeAsync(TenantQueue queue, int size, int allowed, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var tx = await db.BeginAsync(queue.Tenant, ct);
        var rows = new List<Row>(await tx.ListAsync<Row>(TakeDue, new { now, size }, ct));
        var again = rows.Count;
        var room = Math.Min(size - again, allowed);
        if (room > 0 && await tx.FindAsync<Run>(PickRun, null, ct) is { } run)
        {
            // A statement of its own, behind the lock: it sees all that was queued before the lock was ours.
            var page = await tx.ListAsync<Row>(ReadPage, new { run.CampaignId, run.CursorId, run.LastId, size = room }, ct);
            rows.AddRange(page);
            var cursor = page.Count < room ? run.LastId : page[^1].RecipientId;
            await tx.RunAsync(MoveCursor, new { run.CampaignId, cursor, now }, ct);
        }
        if (rows.Count is 0)
        {
            await tx.CommitAsync(ct);
            return ([], 0);
        }

        var counted = rows.Where(row => row.TestTo is null).ToList();
        var claimId = await tx.FindAsync<long>(Record, new
        {
            leaseId = queue.LeaseId,
            recipients = rows.Select(row => row.RecipientId).ToArray(),
            campaigns = counted.Select(row => row.CampaignId).ToArray(),
            states = counted.Select(row => row.State).ToArray(),
        }, ct);
        await tx.CommitAsync(ct);

        var claim = new Claim(claimId, rows.Count);
        return (rows.ConvertAll(row => ToClaimed(row, queue, claim)), rows.Count - again);
    }

    private Claimed ToClaimed(Row row, TenantQueue queue, Claim claim) => new()
    {
        Queue = queue,
        Claim = claim,
        RecipientId = row.RecipientId,
        CampaignId = row.CampaignId,
        ContactId = row.ContactId,
        Email = new EmailIndex(row.Email),
        Domain = row.Domain,
        QueuedAt = row.QueuedAt,
        Attempts = row.Attempts,
        State = (DeliveryState)row.State,
        TestTo = row.TestTo is { } sealedTo
            ? EmailAddress.Parse(Encoding.UTF8.GetString(sealer.Open(queue.Tenant, TestPurpose, row.RecipientId, sealedTo)))
            : null,
    };

    private sealed record Run(long CampaignId, long CursorId, long LastId);

    private sealed record Row(
        long RecipientId, long CampaignId, long ContactId, Guid Email, string Domain, DateTimeOffset QueuedAt, short Attempts, short State, byte[]? TestTo);
}
