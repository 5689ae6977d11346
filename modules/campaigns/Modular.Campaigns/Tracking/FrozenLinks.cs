using Modular.Campaigns.Composing;
using Modular.Campaigns.Sending;

namespace Modular.Campaigns.Tracking;

/// <summary>The campaign and the link targets of each revision, as they were frozen. They never change, so they are read once.</summary>
internal sealed class FrozenLinks(Revisions revisions)
{
    private const int RevisionsKept = 500;

    private readonly RecentlyUsed<(TenantId, long), Entry> _kept = new(RevisionsKept);

    internal sealed record Entry(long CampaignId, IReadOnlyList<LinkTargetTemplate> Links)
    {
        /// <param name="number">From 1.</param>
        public LinkTargetTemplate? Find(int number) => number >= 1 && number <= Links.Count ? Links[number - 1] : null;
    }

    /// <returns>Null for a revision that this tenant does not have.</returns>
    public ValueTask<Entry?> FindAsync(TenantId tenant, long revisionId, CancellationToken ct) =>
        _kept.Find((tenant, revisionId)) is { } kept ? ValueTask.FromResult<Entry?>(kept) : ReadAsync(tenant, revisionId, ct);

    private async ValueTask<Entry?> ReadAsync(TenantId tenant, long revisionId, CancellationToken ct)
    {
        if (await revisions.FindAsync(tenant, revisionId, ct) is not { } revision) return null;
        var targets = await revisions.TargetsAsync(tenant, revisionId, ct);
        return _kept.Keep((tenant, revisionId), new Entry(revision.CampaignId, [.. targets.Select(t => new LinkTargetTemplate(t))]));
    }
}
