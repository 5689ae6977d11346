using Modular.Kernel.Auditing;

namespace Modular.Campaigns.Drafting;

/// <summary>Writing campaigns: begin, change, copy, delete, list.</summary>
internal sealed class CampaignDrafts(TenantDb db, IAudit audit, TimeProvider clock)
{
    public const int MaxPage = 200;

    private const string Find = $"select {Campaign.Columns} from campaign where campaign_id = @campaignId";

    /// <summary>Newest first. The texts stay where they are: a list shows none of them.</summary>
    private const string Page = """
        select campaign_id, name, subject, from_name, from_address, reply_to, '' as html, '' as text, segment_id, state, revision_id, created_at, updated_at, started_at, finished_at
          from campaign
         where (@before = 0 or campaign_id < @before)
           and (@state is null or state = @state)
           and (@search is null or name ilike @search or subject ilike @search)
         order by campaign_id desc
         limit @size
        """;

    private const string CountAll = "select count(*) from campaign where (@state is null or state = @state)";

    private const string Insert = $"""
        insert into campaign (name, subject, from_name, from_address, reply_to, html, text, segment_id, created_at, updated_at)
        values (@Name, @Subject, @FromName, @FromAddress, @ReplyTo, @Html, @Text, @SegmentId, @now, @now)
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
        returning {Campaign.Columns}
        """;

    private const string Delete = "delete from campaign where campaign_id = @campaignId and state = 'draft'";

    public Task<Campaign?> FindAsync(TenantId tenant, long campaignId, CancellationToken ct) => db.FindAsync<Campaign>(tenant, Find, new { campaignId }, ct);

    /// <param name="before">Campaigns with a smaller id; 0 from the newest.</param>
    /// <param name="search">Part of a name or subject; null for all.</param>
    public Task<IReadOnlyList<Campaign>> ListAsync(TenantId tenant, CampaignState? state, string? search, long before, int size, CancellationToken ct) =>
        db.ListAsync<Campaign>(tenant, Page, new
        {
            state = state?.Word(),
            search = string.IsNullOrWhiteSpace(search) ? null : "%" + search.Trim().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%",
            before,
            size = Math.Clamp(size, 1, MaxPage),
        }, ct);

    public Task<long> CountAsync(TenantId tenant, CampaignState? state, CancellationToken ct) => db.FindAsync<long>(tenant, CountAll, new { state = state?.Word() }, ct);

    public async Task<Result<Campaign>> CreateAsync(TenantId tenant, DraftChange draft, string actor, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(draft.Name)) return new FieldFault("name", "Give the campaign a name.");
        if (draft.Fault() is { } fault) return fault;
        await using var transaction = await db.BeginAsync(tenant, ct);
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
            now = clock.GetUtcNow(),
        }, ct))!; // an insert returns its row
        await audit.AppendAsync(transaction, new AuditEntry(actor, "campaign.created", $"campaign/{campaign.CampaignId}", campaign.Name), ct);
        await transaction.CommitAsync(ct);
        return campaign;
    }

    public async Task<Result<Campaign>> ChangeAsync(TenantId tenant, long campaignId, DraftChange change, string actor, CancellationToken ct)
    {
        if (change.Fault() is { } fault) return fault;
        await using var transaction = await db.BeginAsync(tenant, ct);
        var changed = await transaction.FindAsync<Campaign>(Change, new
        {
            campaignId,
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
        if (changed is null) return await RefusalAsync(tenant, campaignId, ct);
        await audit.AppendAsync(transaction, new AuditEntry(actor, "campaign.changed", $"campaign/{campaignId}", changed.Name), ct);
        await transaction.CommitAsync(ct);
        return changed;
    }

    public async Task<Result<Campaign>> CopyAsync(TenantId tenant, long campaignId, string actor, CancellationToken ct) =>
        await FindAsync(tenant, campaignId, ct) is { } original
            ? await CreateAsync(tenant, new DraftChange(original.Name.Length > 190 ? original.Name : original.Name + " (copy)", original.Subject, original.FromName,
                original.FromAddress, original.ReplyTo, original.Html, original.Text, original.SegmentId), actor, ct)
            : new NotFound("campaign");

    public async Task<Result<bool>> DeleteAsync(TenantId tenant, long campaignId, string actor, CancellationToken ct)
    {
        await using var transaction = await db.BeginAsync(tenant, ct);
        if (await transaction.RunAsync(Delete, new { campaignId }, ct) == 0) return await RefusalAsync(tenant, campaignId, ct);
        await audit.AppendAsync(transaction, new AuditEntry(actor, "campaign.deleted", $"campaign/{campaignId}"), ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    private async Task<Fault> RefusalAsync(TenantId tenant, long campaignId, CancellationToken ct) =>
        await FindAsync(tenant, campaignId, ct) is { } campaign ? new ContentIsFrozen(campaign.State.Word()) : new NotFound("campaign");
}
