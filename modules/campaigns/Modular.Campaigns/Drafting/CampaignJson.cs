using Modular.Campaigns.Analysis;

namespace Modular.Campaigns.Drafting;

/// <summary>A campaign as REST and <c>--json</c> show it.</summary>
/// <param name="WithinLists">Only contacts on one of these lists get it; null when it is not bound.</param>
/// <param name="Html">Absent in lists.</param>
/// <param name="Text">Absent in lists; empty when it is made out of the HTML.</param>
internal sealed record CampaignJson(
    long Id, string Name, string Subject, string FromName, string FromAddress, string ReplyTo, long? SegmentId, IReadOnlyList<long>? WithinLists, string State,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, string? Html = null, string? Text = null)
{
    public static CampaignJson Of(Campaign c, bool withContent = true) => new(
        c.CampaignId, c.Name, c.Subject, c.FromName, c.FromAddress, c.ReplyTo, c.SegmentId, c.WithinLists, c.State.Word(),
        c.CreatedAt, c.UpdatedAt, c.StartedAt, c.FinishedAt, withContent ? c.Html : null, withContent ? c.Text : null);
}

/// <param name="Next">Pass it as <c>cursor</c> for the next page; null at the end.</param>
internal sealed record PageJson<T>(IReadOnlyList<T> Items, string? Next);

internal sealed record TemplateJson(long Id, string Name, string Subject, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string? Html = null, string? Text = null)
{
    public static TemplateJson Of(Template t, bool withContent = true) =>
        new(t.TemplateId, t.Name, t.Subject, t.CreatedAt, t.UpdatedAt, withContent ? t.Html : null, withContent ? t.Text : null);
}

/// <summary>The audience, recipient by recipient in exactly one state, and what people did.</summary>
internal sealed record AnalysisJson(
    long CampaignId, string State, AudienceJson Audience, long Complaints, long Ambiguous, ResponseSums Opens, ResponseSums Clicks, long Unsubscribes,
    double MessagesPerSecond, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, IReadOnlyList<LinkFigures> Links, SeriesJson Series)
{
    public static AnalysisJson Of(Campaign campaign, CampaignFigures f, IReadOnlyList<LinkFigures> links, ResponseSeries series) => new(
        campaign.CampaignId, campaign.State.Word(),
        new AudienceJson(f.Ledger.Audience, f.Ledger.Queued, f.Ledger.Sending, f.Ledger.Delivered, f.Ledger.Deferred, f.Ledger.Bounced, f.Ledger.Suppressed, f.Ledger.Skipped, f.Ledger.GivenUp),
        f.Ledger.Complaints, f.Ledger.Ambiguous, f.Opens, f.Clicks, f.Unsubscribes, f.Ledger.MessagesPerSecond, campaign.StartedAt, campaign.FinishedAt, links,
        new SeriesJson((long)series.Bucket.TotalSeconds, series.Points));
}

internal sealed record AudienceJson(long Total, long Queued, long Sending, long Delivered, long Deferred, long Bounced, long Suppressed, long Skipped, long GivenUp);

internal sealed record SeriesJson(long BucketSeconds, IReadOnlyList<ResponsePoint> Points);

internal sealed record RecipientJson(
    long RecipientId, long ContactId, string State, string? Reason, string? Status, int Attempts, DateTimeOffset QueuedAt, DateTimeOffset? ChangedAt,
    DateTimeOffset? NextTryAt, bool Complained, DateTimeOffset? OpenedAt, DateTimeOffset? ClickedAt, DateTimeOffset? UnsubscribedAt)
{
    public static RecipientJson Of(RecipientLine l) => new(
        l.Entry.RecipientId, l.Entry.ContactId, l.Entry.State.Word(), l.Entry.Reason, l.Entry.Status, l.Entry.Attempts, l.Entry.QueuedAt, l.Entry.ChangedAt,
        l.Entry.NextTryAt, l.Entry.Complained, l.OpenedAt, l.ClickedAt, l.UnsubscribedAt);
}
