using Microsoft.AspNetCore.Mvc;
using Modular.Campaigns.Analysis;
using Modular.Web.Kit;

namespace Modular.Campaigns.Pages.Campaigns;

/// <summary>What came of it: tiles, a funnel that sums, responses over time, links.</summary>
[NeedsPermission(Permissions.CampaignsRead)]
internal sealed class AnalysisModel(CampaignAnalysis analysis, TimeProvider clock) : CampaignPage
{
    private static readonly TimeSpan MovesFor = TimeSpan.FromHours(1);

    public IReadOnlyList<LinkFigures> Links { get; private set; } = [];

    public TimeSeries? Series { get; private set; }

    public string SeriesSentence { get; private set; } = "";

    public string SeriesLabel { get; private set; } = "";

    /// <summary>Responses come fastest in the first hour; after that a look now and then is enough.</summary>
    public bool IsLive => IsMoving || Campaign.StartedAt is { } started && clock.GetUtcNow() - started < MovesFor;

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct)) return NotFound();
        Links = await analysis.LinksAsync(HttpContext.Caller.Tenant, id, ct);
        var found = await analysis.SeriesAsync(HttpContext.Caller.Tenant, id, ct);
        if (found.Points.Count == 0) return Page();
        Series = new TimeSeries([.. found.Points.Select(p => p.At)],
        [
            new TimeSeries.Line("Opened", [.. found.Points.Select(p => p.Opened)]),
            new TimeSeries.Line("Clicked", [.. found.Points.Select(p => p.Clicked)]),
        ]);
        SeriesLabel = $"People who opened and clicked for the first time, every {Show.Duration(found.Bucket)}";
        SeriesSentence = Halfway(found) is { } half
            ? $"Half of those who opened did so within {Show.Duration(half)} of the first."
            : "Nobody has opened it yet.";
        return Page();
    }

    /// <summary>From the first opening to that of the median person.</summary>
    private static TimeSpan? Halfway(ResponseSeries series)
    {
        var all = series.Points.Sum(p => p.Opened);
        if (all == 0) return null;
        long seen = 0;
        var first = series.Points.First(p => p.Opened > 0).At;
        foreach (var point in series.Points)
        {
            seen += point.Opened;
            if (seen * 2 >= all) return point.At + series.Bucket - first;
        }
        return null;
    }
}
