using Microsoft.Extensions.Logging;
using Modular.Campaigns.Drafting;
using Modular.Contacts;
using Modular.Delivery;
using Modular.Kernel.Auditing;

namespace Modular.Campaigns.Sending;

/// <summary>
/// Looks after one tenant's moving campaigns: hands the audience over page by page, starts delivery, and writes down the end. Every step may be
/// repeated, by another process too: the cursor, the lease and our own state are in the database, and delivery takes a page once.
/// </summary>
internal sealed partial class AudienceHandover(
    TenantDb db, IAudiences audiences, IDeliveries deliveries, IAudit audit, TimeProvider clock, ILogger<AudienceHandover> log)
{
    public const int PageSize = 5_000;

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private const string Claim = """
        update send_job set lease_until = @until
         where campaign_id = (select campaign_id from send_job where lease_until <= @now order by campaign_id limit 1 for update skip locked)
        returning campaign_id, after_id, (select segment_id from campaign c where c.campaign_id = send_job.campaign_id) as segment_id,
                  (select within_lists from campaign c where c.campaign_id = send_job.campaign_id) as within_lists
        """;

    /// <summary>No row: the campaign was cancelled, or the lease went to somebody else.</summary>
    private const string Advance = """
        update send_job set after_id = @last, handed_over = handed_over + @count, lease_until = @until, attempts = 0, last_fault = null
         where campaign_id = @campaignId and after_id = @after
        """;

    private const string Finish = """
        with done as (delete from send_job where campaign_id = @campaignId)
        update campaign set state = 'sending' where campaign_id = @campaignId and state = 'preparing'
        """;

    private const string Fail = """
        update send_job set attempts = attempts + 1, last_fault = left(@fault, 500), lease_until = @now + least(60, 2 ^ least(attempts, 6)) * interval '1 second'
         where campaign_id = @campaignId
        """;

    private const string Moving = $"select {Campaign.Columns} from campaign where state <> 'draft' and finished_at is null";

    private const string End = "update campaign set state = @to, finished_at = @at where campaign_id = @campaignId and state = @from and finished_at is null";

    /// <returns>Whether a campaign of this tenant still moves, so that it must be looked at again soon.</returns>
    public async Task<bool> LookAfterAsync(TenantId tenant, CancellationToken ct)
    {
        while (await ClaimAsync(tenant, ct) is { } job) await HandOverAsync(tenant, job, ct);
        return await SettleAsync(tenant, ct);
    }

    private Task<Job?> ClaimAsync(TenantId tenant, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return db.FindAsync<Job>(tenant, Claim, new { now, until = now + Lease }, ct);
    }

    private async Task HandOverAsync(TenantId tenant, Job job, CancellationToken ct)
    {
        LogBegins(tenant, job.CampaignId, job.AfterId);
        try
        {
            for (var after = job.AfterId; ;)
            {
                var page = await audiences.ReadAsync(tenant, job.SegmentId, job.WithinLists, after, PageSize, ct);
                await deliveries.QueueAsync(tenant, job.CampaignId, [.. page.Members.Select(m => new Handover(m.ContactId, m.Email, m.Domain, SkipReason(m.Status)))], ct);
                if (page.Last is not { } last) break;
                var until = clock.GetUtcNow() + Lease;
                if (await db.RunAsync(tenant, Advance, new { job.CampaignId, after, last, count = (long)page.Members.Count, until }, ct) == 0)
                {
                    LogTakenAway(tenant, job.CampaignId);
                    return; // if it was cancelled, settling tells delivery about this page too
                }
                after = last;
            }
            await db.RunAsync(tenant, Finish, new { job.CampaignId }, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogFailed(e, tenant, job.CampaignId);
            await db.RunAsync(tenant, Fail, new { job.CampaignId, fault = e.Message, now = clock.GetUtcNow() }, ct);
        }
    }

    /// <summary>Brings delivery to where our rows say it should be, and our rows to the end when delivery is there.</summary>
    private async Task<bool> SettleAsync(TenantId tenant, CancellationToken ct)
    {
        var moving = await db.ListAsync<Campaign>(tenant, Moving, null, ct);
        if (moving.Count == 0) return false;
        var counts = await deliveries.CountAsync(tenant, [.. moving.Select(c => c.CampaignId)], ct);
        foreach (var campaign in moving)
        {
            var count = counts.GetValueOrDefault(campaign.CampaignId);
            switch (campaign.State)
            {
                case CampaignState.Paused when count is { IsPaused: false, FinishedAt: null, StartedAt: not null }:
                    await deliveries.PauseAsync(tenant, campaign.CampaignId, ct);
                    break;
                case CampaignState.Sending when count is null or { Open: 0 }:
                    await EndAsync(tenant, campaign, CampaignState.Sent, count?.FinishedAt, ct);
                    break;
                case CampaignState.Sending when count is { StartedAt: null } or { IsPaused: true }:
                    await deliveries.StartAsync(tenant, campaign.CampaignId, ct);
                    break;
                case CampaignState.Cancelled:
                    await deliveries.CancelAsync(tenant, campaign.CampaignId, ct);
                    if (count is null or { Sending: 0 }) await EndAsync(tenant, campaign, CampaignState.Cancelled, null, ct);
                    break;
            }
        }
        return true;
    }

    private async Task EndAsync(TenantId tenant, Campaign campaign, CampaignState to, DateTimeOffset? at, CancellationToken ct)
    {
        await using var transaction = await db.BeginAsync(tenant, ct);
        if (await transaction.RunAsync(End, new { campaign.CampaignId, from = campaign.State.Word(), to = to.Word(), at = at ?? clock.GetUtcNow() }, ct) == 0) return;
        if (to is CampaignState.Sent) await audit.AppendAsync(transaction, new AuditEntry("system", "campaign.finished", $"campaign/{campaign.CampaignId}", campaign.Name), ct);
        await transaction.CommitAsync(ct);
        LogEnds(tenant, campaign.CampaignId, to);
    }

    private static string? SkipReason(ContactStatus status) => status switch
    {
        ContactStatus.Active => null,
        ContactStatus.Bounced => "bounced before",
        ContactStatus.Unsubscribed => "unsubscribed",
        _ => "complained",
    };

    internal sealed record Job
    {
        public required long CampaignId { get; init; }

        public required long AfterId { get; init; }

        public long? SegmentId { get; init; }

        public long[]? WithinLists { get; init; }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Audience of campaign {CampaignId} of {Tenant} is handed over from contact {After} on.")]
    private partial void LogBegins(TenantId tenant, long campaignId, long after);

    [LoggerMessage(Level = LogLevel.Information, Message = "Audience of campaign {CampaignId} of {Tenant} is no longer ours to hand over.")]
    private partial void LogTakenAway(TenantId tenant, long campaignId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Handing over the audience of campaign {CampaignId} of {Tenant} failed; it goes on from its last page.")]
    private partial void LogFailed(Exception e, TenantId tenant, long campaignId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Campaign {CampaignId} of {Tenant} ended as {State}.")]
    private partial void LogEnds(TenantId tenant, long campaignId, CampaignState state);
}
