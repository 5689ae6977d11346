using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Campaigns.Analysis;
using Modular.Campaigns.Drafting;
using Modular.Campaigns.Sending;
using Modular.Contacts;

namespace Modular.Campaigns.Pages.Campaigns;

/// <summary>All campaigns, newest first, with what is moving and how it went.</summary>
[NeedsPermission(Permissions.CampaignsRead)]
internal sealed class IndexModel(CampaignDrafts drafts, CampaignAnalysis analysis, CampaignSending sending, IAudiences audiences) : PageModel
{
    private const int Size = 30;

    internal sealed record Row(Campaign Campaign, CampaignFigures Figures, string Audience);

    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Search { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? State { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    internal IReadOnlyList<Row> Rows { get; private set; } = [];

    public string? Next { get; private set; }

    public bool IsMoving => Rows.Any(r => r.Campaign.State is CampaignState.Preparing or CampaignState.Sending);

    public bool MayEdit => HttpContext.Caller.May(Permissions.CampaignsEdit);

    public bool MaySend => HttpContext.Caller.May(Permissions.CampaignsSend);

    public string Sentence => Rows.Count(r => r.Campaign.State is CampaignState.Preparing or CampaignState.Sending) switch
    {
        0 when Rows.Count == 0 => "",
        0 => "Nothing is being sent.",
        1 => "One campaign is being sent.",
        var many => $"{many} campaigns are being sent.",
    };

    public async Task OnGetAsync(CancellationToken ct)
    {
        var tenant = HttpContext.Caller.Tenant;
        CampaignEndpoints.TryCursor(Cursor, out var before);
        var state = Enum.TryParse<CampaignState>(State, ignoreCase: true, out var wanted) ? wanted : (CampaignState?)null;
        var found = await drafts.ListAsync(Reach.Of(HttpContext.Caller), state, Search, before, Size, ct);
        var figures = await analysis.OfAsync(tenant, [.. found.Select(c => c.CampaignId)], ct);
        var segments = (await audiences.SegmentsAsync(tenant, ct)).ToDictionary(s => s.SegmentId, s => s.Name);
        Rows = [.. found.Select(c => new Row(c, figures[c.CampaignId], c.SegmentId is { } id ? segments.GetValueOrDefault(id, "A deleted segment") : c.WithinLists is null ? "Everyone" : "Everyone on some lists"))];
        Next = found.Count < Size ? null : found[^1].CampaignId.ToString(CultureInfo.InvariantCulture);
    }

    public async Task<IActionResult> OnPostPauseAsync(long id, CancellationToken ct)
    {
        if (!MaySend) return Forbid();
        await sending.PauseAsync(Reach.Of(HttpContext.Caller), id, HttpContext.Caller.Actor, ct);
        return Redirect("/campaigns");
    }

    public async Task<IActionResult> OnPostResumeAsync(long id, CancellationToken ct)
    {
        if (!MaySend) return Forbid();
        await sending.ResumeAsync(Reach.Of(HttpContext.Caller), id, HttpContext.Caller.Actor, ct);
        return Redirect("/campaigns");
    }
}
