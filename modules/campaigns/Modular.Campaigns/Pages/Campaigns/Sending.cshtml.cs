using Microsoft.AspNetCore.Mvc;
using Modular.Campaigns.Drafting;
using Modular.Campaigns.Sending;
using Modular.Contacts;

namespace Modular.Campaigns.Pages.Campaigns;

/// <summary>Before: what is missing, a test, and the button. After: how it goes, by itself.</summary>
[NeedsPermission(Permissions.CampaignsRead)]
internal sealed class SendingModel(Preflight preflight, CampaignSending sending, IAudiences audiences) : CampaignPage
{
    public IReadOnlyList<Finding> Errors { get; private set; } = [];

    public IReadOnlyList<Finding> Warnings { get; private set; } = [];

    public AudienceSize? Size { get; private set; }

    [BindProperty]
    public string? TestTo { get; set; }

    /// <summary>How many test mails were queued just now.</summary>
    public int Tested { get; private set; }

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct)) return NotFound();
        await CheckAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostSendAsync(long id, CancellationToken ct) => await ActAsync((s, r, a) => s.SendAsync(r, id, a, ct), id, ct);

    public async Task<IActionResult> OnPostTestAsync(long id, CancellationToken ct)
    {
        if (!HttpContext.Caller.May(Permissions.CampaignsSend)) return Forbid();
        var to = (TestTo ?? "").Split([',', ';', ' ', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var tested = await sending.TestAsync(Reach, id, to, 0, HttpContext.Caller.Actor, ct);
        if (!await LoadAsync(id, ct)) return NotFound();
        if (tested.IsOk) Tested = tested.Value.Count;
        else ModelState.AddModelError(nameof(TestTo), tested.Fault.Detail);
        await CheckAsync(ct);
        return Page();
    }

    private async Task CheckAsync(CancellationToken ct)
    {
        if (!Campaign.IsDraft) return;
        var outcome = await preflight.CheckAsync(Reach, Campaign, ct);
        Errors = outcome.Errors;
        Warnings = [.. outcome.Findings.Where(f => !f.IsError)];
        Size = await audiences.CountAsync(HttpContext.Caller.Tenant, Campaign.SegmentId, Campaign.WithinLists, ct);
    }
}
