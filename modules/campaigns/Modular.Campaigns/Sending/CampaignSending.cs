using Modular.Campaigns.Drafting;
using Modular.Contacts;
using Modular.Delivery;
using Modular.Kernel.Auditing;

namespace Modular.Campaigns.Sending;

/// <summary>Send, pause, resume, cancel, test. Each changes our own row first; <see cref="AudienceWorker"/> sees to it that delivery follows, even after a crash in between.</summary>
internal sealed class CampaignSending(
    TenantDb db, CampaignDrafts drafts, Preflight preflight, IAudiences audiences, IDeliveries deliveries, IAudit audit, AudienceSignal signal, TimeProvider clock)
{
    public const int MaxTestAddresses = 10;

    /// <summary>Whoever comes second finds no draft.</summary>
    private const string Begin = """
        update campaign set state = 'preparing', revision_id = @revisionId, started_at = @now
         where campaign_id = @campaignId and state = 'draft'
        """;

    private const string Lock = $"select {Campaign.Columns} from campaign where campaign_id = @campaignId and {Reach.Seen} for update";

    private const string AddJob = "insert into send_job (campaign_id, lease_until) values (@campaignId, @now)";

    private const string Move = "update campaign set state = @state where campaign_id = @campaignId";

    /// <summary>An audience that is not complete goes on being prepared.</summary>
    private const string Resume = """
        update campaign
           set state = case when exists (select from send_job j where j.campaign_id = campaign.campaign_id) then 'preparing' else 'sending' end
         where campaign_id = @campaignId
        """;

    private const string DropJob = "delete from send_job where campaign_id = @campaignId";

    /// <summary>Freezes the content and begins. Saying it again, or twice at once, sends once.</summary>
    public async Task<Result<Campaign>> SendAsync(Reach reach, long campaignId, string actor, CancellationToken ct)
    {
        var tenant = reach.Tenant;
        if (await drafts.FindAsync(reach, campaignId, ct) is not { } seen) return new NotFound("campaign");
        if (seen.State is CampaignState.Preparing or CampaignState.Sending or CampaignState.Paused or CampaignState.Sent) return seen;
        if (seen.State is CampaignState.Cancelled) return new WrongMoment("sent", seen.State);
        // The check reads other modules, so it stands outside the transaction; what was checked is compared under the lock.
        var checkedContent = await preflight.CheckAsync(reach, seen, ct);
        if (checkedContent.Errors is { Count: > 0 } errors) return new DraftNotReady(errors);

        var now = clock.GetUtcNow();
        await using var transaction = await db.BeginAsync(tenant, ct);
        if (await transaction.FindAsync<Campaign>(Lock, new { campaignId, within = reach.Lists }, ct) is not { } locked) return new NotFound("campaign");
        if (!locked.IsDraft) return locked;
        if (locked.UpdatedAt != seen.UpdatedAt) return new ChangedMeanwhile();
        var revisionId = await Revisions.FreezeAsync(transaction, locked, checkedContent.Content, now, ct);
        await transaction.RunAsync(Begin, new { campaignId, revisionId, now }, ct);
        await transaction.RunAsync(AddJob, new { campaignId, now }, ct);
        await audit.AppendAsync(transaction, new AuditEntry(actor, "campaign.sent", $"campaign/{campaignId}", locked.Name), ct);
        await transaction.CommitAsync(ct);
        signal.Wake(tenant);
        return locked with { State = CampaignState.Preparing, RevisionId = revisionId, StartedAt = now };
    }

    public Task<Result<Campaign>> PauseAsync(Reach reach, long campaignId, string actor, CancellationToken ct) =>
        MoveAsync(reach, campaignId, actor, "paused", CampaignState.Paused, s => s is CampaignState.Preparing or CampaignState.Sending, Move,
            () => deliveries.PauseAsync(reach.Tenant, campaignId, ct), ct);

    public Task<Result<Campaign>> ResumeAsync(Reach reach, long campaignId, string actor, CancellationToken ct) =>
        MoveAsync(reach, campaignId, actor, "resumed", CampaignState.Sending, s => s is CampaignState.Paused, Resume,
            () => Task.CompletedTask /* the worker starts delivery once the audience is complete */, ct);

    public Task<Result<Campaign>> CancelAsync(Reach reach, long campaignId, string actor, CancellationToken ct) =>
        MoveAsync(reach, campaignId, actor, "cancelled", CampaignState.Cancelled, s => s is CampaignState.Preparing or CampaignState.Sending or CampaignState.Paused,
            $"{Move}; {DropJob}", () => deliveries.CancelAsync(reach.Tenant, campaignId, ct), ct);

    /// <summary>Mails the draft as it is now, or what was sent, to a few addresses of the author's own.</summary>
    /// <param name="contactId">Whose profile fills it, of those who could get it; 0 for a sample.</param>
    public async Task<Result<List<long>>> TestAsync(Reach reach, long campaignId, IReadOnlyList<string> to, long contactId, string actor, CancellationToken ct)
    {
        if (to.Count is 0 or > MaxTestAddresses) return new TestAddresses($"Name 1 to {MaxTestAddresses} addresses.");
        var addresses = new List<EmailAddress>();
        foreach (var text in to)
        {
            if (!EmailAddress.TryParse(text, out var address, out var why)) return new TestAddresses($"{text}: {why}");
            addresses.Add(address);
        }
        var tenant = reach.Tenant;
        if (await drafts.FindAsync(reach, campaignId, ct) is not { } campaign) return new NotFound("campaign");
        if (await drafts.FaultOfTouchingAsync(reach, campaignId, ct) is { } theirs) return theirs;
        if (contactId != 0 && campaign.WithinLists is { } within && !(await audiences.OnListsAsync(tenant, within, [contactId], ct)).Contains(contactId)) return new NotFound("contact");
        if (campaign.IsDraft)
        {
            var outcome = await preflight.CheckAsync(reach, campaign, ct);
            // A test is what shows the rest; without a sender, or with a template that does not read, there is no mail at all.
            var blocking = outcome.Errors.Where(f => f.Code is not ("segment-missing" or "unsubscribe-missing" or "subject-missing" or "sender-dns")).ToList();
            if (blocking.Count > 0) return new DraftNotReady(blocking);
            await using var transaction = await db.BeginAsync(tenant, ct);
            if (await transaction.FindAsync<Campaign>(Lock, new { campaignId, within = reach.Lists }, ct) is not { } locked) return new NotFound("campaign");
            if (locked.UpdatedAt != campaign.UpdatedAt) return new ChangedMeanwhile();
            await Revisions.FreezeAsync(transaction, locked, outcome.Content, clock.GetUtcNow(), ct);
            await audit.AppendAsync(transaction, new AuditEntry(actor, "campaign.tested", $"campaign/{campaignId}", $"{addresses.Count} addresses"), ct);
            await transaction.CommitAsync(ct);
        }
        return (await deliveries.QueueTestAsync(tenant, campaignId, [.. addresses.Select(a => new TestRecipient(a, contactId))], ct)).ToList();
    }

    private async Task<Result<Campaign>> MoveAsync(
        Reach reach, long campaignId, string actor, string act, CampaignState to, Func<CampaignState, bool> isFrom, string sql, Func<Task> tell, CancellationToken ct)
    {
        if (await drafts.FaultOfTouchingAsync(reach, campaignId, ct) is { } theirs) return theirs;
        await using (var transaction = await db.BeginAsync(reach.Tenant, ct))
        {
            if (await transaction.FindAsync<Campaign>(Lock, new { campaignId, within = reach.Lists }, ct) is not { } campaign) return new NotFound("campaign");
            if (campaign.State == to) return campaign; // said twice
            if (!isFrom(campaign.State)) return new WrongMoment(act, campaign.State);
            await transaction.RunAsync(sql, new { campaignId, state = to.Word() }, ct);
            await audit.AppendAsync(transaction, new AuditEntry(actor, "campaign." + act, $"campaign/{campaignId}", campaign.Name), ct);
            await transaction.CommitAsync(ct);
        }
        await tell();
        signal.Wake(reach.Tenant);
        return (await drafts.FindAsync(reach, campaignId, ct))!; // only drafts can be deleted
    }

    private sealed record ChangedMeanwhile() : Fault("Somebody changed this campaign a moment ago. Look at it again, then send.")
    {
        public override int Status => 409;
    }
}
