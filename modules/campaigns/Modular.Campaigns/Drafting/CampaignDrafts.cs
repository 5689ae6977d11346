using Modular.Kernel.Auditing;

namespace Modular.Campaigns.Drafting;

/// <summary>Writing campaigns: begin, change, copy, delete, list.</summary>
internal sealed class CampaignDrafts(TenantDb db, Senders senders, IAudit audit, TimeProvider clock)
{
    public const int MaxPage = 200;

    private const string Find = $"select {Campaign.Columns} from campaign where campaign_id = @campaignId and {Reach.Seen}";

    /// <summary>Newest first. The texts stay where they are: a list shows none of them.</summary>
    private const string Page = $"""
        select campaign_id, name, subject, from_name, from_address, reply_to, '' as html, '' as text, segment_id, within_lists, state, revision_id, created_at, updated_at, started_at, finished_at
          from campaign
         where (@before = 0 or campaign_id < @before)
           and (@state is null or state = @state)
           and {Reach.Seen}
           and (@search is null or name ilike @search or subject ilike @search)
         order by campaign_id desc
         limit @size
        """;

    private const string CountAll = $"select count(*) from campaign where (@state is null or state = @state) and {Reach.Seen}";

    private const string Insert = $"""
        insert into campaign (name, subject, from_name, from_address, reply_to, html, text, segment_id, within_lists, created_at, updated_at)
        values (@Name, @Subject, @FromName, @FromAddress, @ReplyTo, @Html, @Text, @SegmentId, @within::bigint[], @now, @now)
        returning {Campaign.Columns}
        """;

    private const string Change = $"""
        update campaign
           set name = coalesce(@Name, name), subject = coalesce(@Subject, subject), from_name = coalesce(@FromName, from_name),
               from_address = coalesce(@FromAddress, from_address), reply_to = coalesce(@ReplyTo, reply_to),
               html = coalesce(@Html, html), text = coalesce(@Text, text),
               segment_id = case when @Everyone then null else coalesce(@SegmentId, segment_id) end, updated_at = @now
         where campaign_id = @campaignId
           and state = 'draft'   -- what is being sent never changes
           and {Reach.Seen}
        returning {Campaign.Columns}
        """;

    private const string Delete = $"delete from campaign where campaign_id = @campaignId and state = 'draft' and {Reach.Seen}";

    public Task<Campaign?> FindAsync(Reach reach, long campaignId, CancellationToken ct) => db.FindAsync<Campaign>(reach.Tenant, Find, new { campaignId, within = reach.Lists }, ct);

    /// <param name="before">Campaigns with a smaller id; 0 from the newest.</param>
    /// <param name="search">Part of a name or subject; null for all.</param>
    public Task<IReadOnlyList<Campaign>> ListAsync(Reach reach, CampaignState? state, string? search, long before, int size, CancellationToken ct) =>
        db.ListAsync<Campaign>(reach.Tenant, Page, new
        {
            state = state?.Word(),
            search = string.IsNullOrWhiteSpace(search) ? null : "%" + search.Trim().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%",
            before,
            within = reach.Lists,
            size = Math.Clamp(size, 1, MaxPage),
        }, ct);

    public Task<long> CountAsync(Reach reach, CampaignState? state, CancellationToken ct) => db.FindAsync<long>(reach.Tenant, CountAll, new { state = state?.Word(), within = reach.Lists }, ct);

    /// <summary>A campaign of somebody whose reach is limited to lists is bound to these.</summary>
    public Task<Result<Campaign>> CreateAsync(Reach reach, DraftChange draft, string actor, CancellationToken ct) => CreateAsync(reach, reach.Lists, draft, actor, ct);

    private async Task<Result<Campaign>> CreateAsync(Reach reach, long[]? within, DraftChange draft, string actor, CancellationToken ct)
    {
        if (within is []) return new NoListInReach();
        if (string.IsNullOrWhiteSpace(draft.Name)) return new FieldFault("name", "Give the campaign a name.");
        if (draft.Fault() is { } fault) return fault;
        if (await senders.FaultOfAsync(reach, draft.FromAddress, ct) is { } notYours) return notYours;
        await using var transaction = await db.BeginAsync(reach.Tenant, ct);
        var campaign = (await transaction.FindAsync<Campaign>(Insert, new
        {
            Name = draft.Name.Trim(),
            Subject = draft.Subject ?? "",
            FromName = draft.FromName?.Trim() ?? "",
            FromAddress = draft.FromAddress?.Trim() ?? "",
            ReplyTo = draft.ReplyTo?.Trim() ?? "",
            Html = draft.Html ?? "",
            Text = draft.Text ?? "",
            draft.SegmentId,
            within,
            now = clock.GetUtcNow(),
        }, ct))!; // an insert returns its row
        await audit.AppendAsync(transaction, new AuditEntry(actor, "campaign.created", $"campaign/{campaign.CampaignId}", campaign.Name), ct);
        await transaction.CommitAsync(ct);
        return campaign;
    }

    public async Task<Result<Campaign>> ChangeAsync(Reach reach, long campaignId, DraftChange change, string actor, CancellationToken ct)
    {
        if (change.Fault() is { } fault) return fault;
        if (await FaultOfTouchingAsync(reach, campaignId, ct) is { } theirs) return theirs;
        if (await senders.FaultOfAsync(reach, change.FromAddress, ct) is { } notYours) return notYours;
        await using var transaction = await db.BeginAsync(reach.Tenant, ct);
        var changed = await transaction.FindAsync<Campaign>(Change, new
        {
            campaignId,
            within = reach.Lists,
            Name = change.Name?.Trim(),
            change.Subject,
            FromName = change.FromName?.Trim(),
            FromAddress = change.FromAddress?.Trim(),
            ReplyTo = change.ReplyTo?.Trim(),
            change.Html,
            change.Text,
            change.SegmentId,
            change.Everyone,
            now = clock.GetUtcNow(),
        }, ct);
        if (changed is null) return await RefusalAsync(reach, campaignId, ct);
        await audit.AppendAsync(transaction, new AuditEntry(actor, "campaign.changed", $"campaign/{campaignId}", changed.Name), ct);
        await transaction.CommitAsync(ct);
        return changed;
    }

    /// <summary>A copy is bound as its original is. A sender out of reach is left out, for the author to choose one of theirs.</summary>
    public async Task<Result<Campaign>> CopyAsync(Reach reach, long campaignId, string actor, CancellationToken ct)
    {
        if (await FindAsync(reach, campaignId, ct) is not { } original) return new NotFound("campaign");
        var from = await senders.FaultOfAsync(reach, original.FromAddress, ct) is null ? original.FromAddress : "";
        return await CreateAsync(reach, original.WithinLists, new DraftChange(original.Name.Length > 190 ? original.Name : original.Name + " (copy)", original.Subject, original.FromName,
            from, original.ReplyTo, original.Html, original.Text, original.SegmentId), actor, ct);
    }

    public async Task<Result<bool>> DeleteAsync(Reach reach, long campaignId, string actor, CancellationToken ct)
    {
        if (await FaultOfTouchingAsync(reach, campaignId, ct) is { } theirs) return theirs;
        await using var transaction = await db.BeginAsync(reach.Tenant, ct);
        if (await transaction.RunAsync(Delete, new { campaignId, within = reach.Lists }, ct) == 0) return await RefusalAsync(reach, campaignId, ct);
        await audit.AppendAsync(transaction, new AuditEntry(actor, "campaign.deleted", $"campaign/{campaignId}"), ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <returns>Null where the campaign's sender is within reach, and for everybody who is not limited to some senders.</returns>
    public async Task<Fault?> FaultOfTouchingAsync(Reach reach, long campaignId, CancellationToken ct)
    {
        if (reach.SendingDomains is null) return null;
        return await FindAsync(reach, campaignId, ct) is { } campaign ? await senders.FaultOfAsync(reach, campaign.FromAddress, ct) : new NotFound("campaign");
    }

    private async Task<Fault> RefusalAsync(Reach reach, long campaignId, CancellationToken ct) =>
        await FindAsync(reach, campaignId, ct) is { } campaign ? new ContentIsFrozen(campaign.State.Word()) : new NotFound("campaign");
}
