namespace Modular.Delivery.Queue;

/// <summary>Starts, pauses and ends what was handed over.</summary>
internal sealed class CampaignRuns(TenantDb db, TimeProvider time, SendSignal signal)
{
    private const int Step = 5_000;

    private const string Start = """
        insert into campaign_run (campaign_id, state, started_at) values (@campaignId, 1, @now)
        on conflict (campaign_id) do update
           set state = 1, started_at = coalesce(campaign_run.started_at, @now), finished_at = null
         where campaign_run.state <> 3   -- cancelled is final
        """;

    private const string Pause = "update campaign_run set state = 2, rate = 0 where campaign_id = @campaignId and state in (0, 1)";

    private const string Cancel = "update campaign_run set state = 3, rate = 0 where campaign_id = @campaignId and state in (0, 1, 2)";

    /// <summary>Held during a step, so that no sender claims and nobody queues meanwhile. A statement of its own: what follows sees all that came before.</summary>
    private const string LockRun = "select 1 from campaign_run where campaign_id = @campaignId for update";

    /// <summary>One step over what was never tried.</summary>
    private const string SkipUntried = """
        with run as (
            select campaign_id, cursor_id, last_id from campaign_run where campaign_id = @campaignId and state = 3 and cursor_id < last_id
        ), page as (
            select d.recipient_id from run, delivery d
             where d.recipient_id > run.cursor_id and d.recipient_id <= run.last_id and d.campaign_id = run.campaign_id
             order by d.recipient_id limit @step
        ), passed as (
            update campaign_run r set cursor_id = case when p.n < @step then r.last_id else p.last end
              from (select count(*) as n, max(recipient_id) as last from page) p, run
             where r.campaign_id = run.campaign_id
        ), skipped as (
            update delivery d set state = 6, reason = 'cancelled', changed_at = @now
              from page where d.recipient_id = page.recipient_id and d.state = 0 and d.due_at is null
            returning d.campaign_id
        ), moved as (
            select campaign_id, s.state, s.n from skipped cross join (values (0::smallint, -1), (6::smallint, 1)) as s(state, n)
        ), tallied as (
        """ + "\n" + Tally.Add + """

        )
        select count(*) from page
        """;

    private const string SkipDue = """
        with skipped as (
            update delivery d set state = 6, reason = 'cancelled', due_at = null, changed_at = @now
              from (select recipient_id, state from delivery
                     where due_at is not null and test_to is null and campaign_id = @campaignId order by due_at limit @step for update) o
             where d.recipient_id = o.recipient_id
            returning d.campaign_id, o.state
        ), moved as (
            select campaign_id, state, -1 as n from skipped union all select campaign_id, 6::smallint, 1 from skipped
        ), tallied as (
        """ + "\n" + Tally.Add + """

        )
        select count(*) from skipped
        """;

    /// <summary>A run has ended when nothing of it waits, is due, or is held by a sender.</summary>
    private const string Finish = """
        update campaign_run r set state = case when state = 1 then 4 else state end, finished_at = @now, rate = 0
         where state in (1, 3) and finished_at is null and cursor_id >= last_id
           and not exists (select from delivery d where d.campaign_id = r.campaign_id and d.due_at is not null and d.test_to is null)
           and coalesce((select sum(n) from tally t where t.campaign_id = r.campaign_id and t.state = 1), 0) = 0
        """;

    private const string Unswept = """
        select campaign_id from campaign_run r
         where state = 3 and finished_at is null
           and (cursor_id < last_id or exists (select from delivery d where d.campaign_id = r.campaign_id and d.due_at is not null and d.test_to is null))
        """;

    /// <summary>The rate is what went through since the last look, smoothed a little.</summary>
    private const string Sample = """
        update campaign_run r
           set rate = case when r.sampled_at is null then 0
                           else 0.5 * r.rate + 0.5 * greatest(s.n - r.sampled, 0) / greatest(extract(epoch from @now - r.sampled_at), 0.1) end,
               sampled = s.n, sampled_at = @now
          from (select campaign_id, sum(n) as n from tally where state in (2, 4) group by campaign_id) s
         where r.campaign_id = s.campaign_id and r.state = 1
        """;

    public async Task StartAsync(TenantId tenant, long campaignId, CancellationToken ct)
    {
        await db.RunAsync(tenant, Start, new { campaignId, now = time.GetUtcNow() }, ct);
        signal.Wake(tenant);
    }

    public Task PauseAsync(TenantId tenant, long campaignId, CancellationToken ct) => db.RunAsync(tenant, Pause, new { campaignId }, ct);

    public async Task CancelAsync(TenantId tenant, long campaignId, CancellationToken ct)
    {
        await db.RunAsync(tenant, Cancel, new { campaignId }, ct);
        await SweepAsync(tenant, campaignId, ct);
        signal.Wake(tenant);
    }

    /// <summary>Ends what is over, and what a cancellation began and did not finish. Looks at runs alone, so it is cheap to ask often.</summary>
    public async Task TidyAsync(TenantId tenant, CancellationToken ct)
    {
        foreach (var campaignId in await db.ListAsync<long>(tenant, Unswept, null, ct)) await SweepAsync(tenant, campaignId, ct);
        await db.RunAsync(tenant, Finish, new { now = time.GetUtcNow() }, ct);
    }

    public Task SampleAsync(TenantId tenant, CancellationToken ct) => db.RunAsync(tenant, Sample, new { now = time.GetUtcNow() }, ct);

    private async Task SweepAsync(TenantId tenant, long campaignId, CancellationToken ct)
    {
        var args = new { campaignId, step = Step, now = time.GetUtcNow() };
        while (await SkipUntriedAsync(tenant, args, ct) is Step) { }
        while (await db.FindAsync<long>(tenant, SkipDue, args, ct) is Step) { }
    }

    private async Task<long> SkipUntriedAsync(TenantId tenant, object args, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(tenant, ct);
        await tx.RunAsync(LockRun, args, ct);
        var passed = await tx.FindAsync<long>(SkipUntried, args, ct);
        await tx.CommitAsync(ct);
        return passed;
    }
}
