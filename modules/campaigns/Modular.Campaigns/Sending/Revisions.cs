using Modular.Campaigns.Composing;
using Modular.Campaigns.Drafting;

namespace Modular.Campaigns.Sending;

/// <summary>One frozen state of a campaign's content.</summary>
internal sealed record Revision
{
    public required long RevisionId { get; init; }

    public required long CampaignId { get; init; }

    public required int Number { get; init; }

    public required string Subject { get; init; }

    public required string FromName { get; init; }

    public required string FromAddress { get; init; }

    public required string ReplyTo { get; init; }

    public required string Html { get; init; }

    public required string Text { get; init; }

    public required DateTimeOffset FrozenAt { get; init; }
}

/// <summary>Freezes content and reads what was frozen.</summary>
internal sealed class Revisions(TenantDb db)
{
    private const string Columns = "revision_id, campaign_id, number, subject, from_name, from_address, reply_to, html, text, frozen_at";

    private const string Insert = """
        insert into content_revision (campaign_id, number, subject, from_name, from_address, reply_to, html, text, frozen_at)
        select @CampaignId, coalesce(max(number), 0) + 1, @Subject, @FromName, @FromAddress, @ReplyTo, @Html, @Text, @now
          from content_revision
         where campaign_id = @CampaignId
        returning revision_id
        """;

    private const string InsertLinks = """
        insert into link (revision_id, number, target)
        select @revisionId, number, target
          from unnest(@targets) with ordinality as l (target, number)
        """;

    /// <summary>Repeated tests of the same words make one revision, not many.</summary>
    private const string FindSame = """
        select revision_id from content_revision
         where campaign_id = @CampaignId
           and (subject, from_name, from_address, reply_to, html, text) = (@Subject, @FromName, @FromAddress, @ReplyTo, @Html, @Text)
         order by number desc
         limit 1
        """;

    private const string Sent = $"""
        select {Columns} from content_revision
         where revision_id = (select revision_id from campaign where campaign_id = @campaignId)
        """;

    private const string Newest = $"select {Columns} from content_revision where campaign_id = @campaignId order by number desc limit 1";

    private const string OfId = $"select {Columns} from content_revision where revision_id = @revisionId";

    private const string Targets = "select target from link where revision_id = @revisionId order by number";

    /// <summary>In the caller's transaction, which holds the campaign's row: numbers follow each other.</summary>
    public static async Task<long> FreezeAsync(TenantTransaction transaction, Campaign campaign, CompiledContent content, DateTimeOffset now, CancellationToken ct)
    {
        // The text is kept as it will be sent, so that a later version of the suite, which may make it differently, repeats this mail exactly.
        var frozen = new { campaign.CampaignId, campaign.Subject, campaign.FromName, campaign.FromAddress, campaign.ReplyTo, campaign.Html, content.Text, now };
        if (await transaction.FindAsync<long?>(FindSame, frozen, ct) is { } same) return same;
        var revisionId = await transaction.FindAsync<long>(Insert, frozen, ct);
        await transaction.RunAsync(InsertLinks, new { revisionId, targets = content.Links.ToArray() }, ct);
        return revisionId;
    }

    /// <summary>What the campaign's audience gets; null while it is a draft.</summary>
    public Task<Revision?> SentAsync(TenantId tenant, long campaignId, CancellationToken ct) => db.FindAsync<Revision>(tenant, Sent, new { campaignId }, ct);

    /// <summary>What test mails are made of.</summary>
    public Task<Revision?> NewestAsync(TenantId tenant, long campaignId, CancellationToken ct) => db.FindAsync<Revision>(tenant, Newest, new { campaignId }, ct);

    public Task<Revision?> FindAsync(TenantId tenant, long revisionId, CancellationToken ct) => db.FindAsync<Revision>(tenant, OfId, new { revisionId }, ct);

    /// <summary>Where the revision's links lead, the first at index 0.</summary>
    public Task<IReadOnlyList<string>> TargetsAsync(TenantId tenant, long revisionId, CancellationToken ct) => db.ListAsync<string>(tenant, Targets, new { revisionId }, ct);
}
