using Modular.Campaigns.Drafting;
using Modular.Web.Kit;

namespace Modular.Campaigns.Analysis;

/// <summary>The dashboard's share of campaigns: what is being sent now, and how the last ones went.</summary>
internal sealed class CampaignsOnDashboard(CampaignDrafts drafts, CampaignAnalysis analysis) : IDashboardPart
{
    private const int Looked = 30;
    private const int Shown = 5;

    internal sealed record Line(Campaign Campaign, CampaignFigures Figures);

    /// <param name="Moving">Preparing, sending or paused.</param>
    /// <param name="Last">Sent or cancelled, newest first.</param>
    internal sealed record View(IReadOnlyList<Line> Moving, IReadOnlyList<Line> Last);

    public int Order => 10;

    public string Permission => Permissions.CampaignsRead;

    string IDashboardPart.View => "/Pages/Campaigns/_Dashboard.cshtml";

    public async Task<DashboardContent?> LookAsync(Caller caller, CancellationToken ct)
    {
        var begun = (await drafts.ListAsync(Reach.Of(caller), null, null, 0, Looked, ct)).Where(c => !c.IsDraft).ToList();
        if (begun.Count is 0) return null;
        var figures = await analysis.OfAsync(caller.Tenant, [.. begun.Select(c => c.CampaignId)], ct);
        var lines = begun.ToLookup(c => c.State is CampaignState.Sent or CampaignState.Cancelled, c => new Line(c, figures[c.CampaignId]));
        var sending = lines[false].Count(l => l.Campaign.State is not CampaignState.Paused);
        var sentence = sending switch
        {
            0 => "Nothing is being sent.",
            1 => "One campaign is being sent.",
            _ => $"{Show.Count(sending)} campaigns are being sent.",
        };
        return new DashboardContent(new View([.. lines[false]], [.. lines[true].Take(Shown)]), sentence, IsMoving: sending > 0);
    }
}
