using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;
using Modular.Campaigns.Analysis;
using Modular.Campaigns.Drafting;
using Modular.Campaigns.Sending;
using Modular.Web.Kit;

namespace Modular.Campaigns.Pages.Campaigns;

/// <summary>What the tabs of one campaign share: the campaign, its figures, and what can be done with it from every tab.</summary>
internal abstract class CampaignPage : PageModel
{
    public Campaign Campaign { get; private set; } = null!; // set by LoadAsync before anything is shown

    public CampaignFigures Figures { get; private set; } = CampaignFigures.None;

    /// <summary>What an act was refused with.</summary>
    public string? Refusal { get; protected set; }

    public bool IsMoving => Campaign.State is CampaignState.Preparing or CampaignState.Sending;

    public bool MayEdit => HttpContext.Caller.May(Permissions.CampaignsEdit) && Campaign.IsDraft;

    public bool MaySend => HttpContext.Caller.May(Permissions.CampaignsSend);

    public string Path => $"/campaigns/{Campaign.CampaignId}";

    public string Sentence
    {
        get
        {
            var ledger = Figures.Ledger;
            return Campaign.State switch
            {
                CampaignState.Draft => "Not sent yet.",
                CampaignState.Preparing => $"The audience is being gathered: {Show.Count(ledger.Audience)} so far.",
                CampaignState.Sending when ledger.MessagesPerSecond > 0 => $"{Show.Count(Figures.Done)} of {Show.Count(ledger.Audience)} done, {Show.Rate(ledger.MessagesPerSecond)}.",
                CampaignState.Sending => $"{Show.Count(Figures.Done)} of {Show.Count(ledger.Audience)} done; {Show.Count(ledger.Deferred)} wait for another try.",
                CampaignState.Paused => $"Paused with {Show.Count(ledger.Open)} of {Show.Count(ledger.Audience)} still to go.",
                CampaignState.Sent => $"Delivered to {Show.PercentOf(ledger.Delivered, ledger.Audience, "recipients")}; {Show.Percent(Figures.Opens.People, ledger.Delivered)} of those opened it.",
                _ => $"Cancelled after {Show.Count(ledger.Delivered)} of {Show.Count(ledger.Audience)} were delivered.",
            };
        }
    }

    /// <summary>The tab that answers what one wants to know of a campaign in this state.</summary>
    public static string HomeOf(Campaign campaign) => $"/campaigns/{campaign.CampaignId}" + campaign.State switch
    {
        CampaignState.Draft => "",
        CampaignState.Sent or CampaignState.Cancelled => "/analysis",
        _ => "/sending",
    };

    public async Task<IActionResult> OnPostPauseAsync(long id, CancellationToken ct) => await ActAsync((s, r, a) => s.PauseAsync(r, id, a, ct), id, ct);

    public async Task<IActionResult> OnPostResumeAsync(long id, CancellationToken ct) => await ActAsync((s, r, a) => s.ResumeAsync(r, id, a, ct), id, ct);

    protected Reach Reach => Reach.Of(HttpContext.Caller);

    protected async Task<bool> LoadAsync(long id, CancellationToken ct)
    {
        var services = HttpContext.RequestServices;
        if (await services.GetRequiredService<CampaignDrafts>().FindAsync(Reach, id, ct) is not { } campaign) return false;
        Campaign = campaign;
        if (!campaign.IsDraft) Figures = await services.GetRequiredService<CampaignAnalysis>().OfAsync(HttpContext.Caller.Tenant, id, ct);
        return true;
    }

    /// <summary>Does it and shows the sending tab; a refusal is shown there too.</summary>
    protected async Task<IActionResult> ActAsync(Func<CampaignSending, Reach, string, Task<Result<Campaign>>> act, long id, CancellationToken ct)
    {
        if (!HttpContext.Caller.May(Permissions.CampaignsSend)) return Forbid();
        var done = await act(HttpContext.RequestServices.GetRequiredService<CampaignSending>(), Reach, HttpContext.Caller.Actor);
        if (done.IsOk) return Redirect(HomeOf(done.Value));
        Refusal = done.Fault.Detail;
        return await LoadAsync(id, ct) ? Page() : NotFound();
    }
}
