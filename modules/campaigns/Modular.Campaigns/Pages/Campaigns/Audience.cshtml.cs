using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Modular.Campaigns.Drafting;
using Modular.Contacts;

namespace Modular.Campaigns.Pages.Campaigns;

/// <summary>Who gets it.</summary>
[NeedsPermission(Permissions.CampaignsRead)]
internal sealed class AudienceModel(CampaignDrafts drafts, IAudiences audiences) : CampaignPage
{
    /// <summary>0: everyone.</summary>
    [BindProperty]
    public long Segment { get; set; }

    public IReadOnlyList<SelectListItem> Segments { get; private set; } = [];

    public AudienceSize? Size { get; private set; }

    /// <summary>The names of the lists that it is bound to; null when it is not bound.</summary>
    public string? Within { get; private set; }

    public string SegmentName { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct)) return NotFound();
        var tenant = HttpContext.Caller.Tenant;
        Segment = Campaign.SegmentId ?? 0;
        Segments =
        [
            new SelectListItem("Everyone", "0", Segment == 0),
            .. (await audiences.SegmentsAsync(tenant, ct)).Select(s => new SelectListItem(s.Name, s.SegmentId.ToString(CultureInfo.InvariantCulture), s.SegmentId == Segment)),
        ];
        SegmentName = Segment == 0 ? "Everyone" : await audiences.SegmentNameAsync(tenant, Segment, ct) ?? "A segment that was deleted";
        if (Campaign.WithinLists is { } lists) Within = string.Join(", ", await audiences.ListNamesAsync(tenant, lists, ct)) is { Length: > 0 } names ? names : "Lists that were deleted";
        if (Campaign.IsDraft) Size = await audiences.CountAsync(tenant, Campaign.SegmentId, Campaign.WithinLists, ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(long id, CancellationToken ct)
    {
        if (!HttpContext.Caller.May(Permissions.CampaignsEdit)) return Forbid();
        var changed = await drafts.ChangeAsync(Reach, id, Segment == 0 ? new DraftChange(Everyone: true) : new DraftChange(SegmentId: Segment), HttpContext.Caller.Actor, ct);
        if (changed.IsOk) return Redirect($"/campaigns/{id}/audience");
        Refusal = changed.Fault.Detail;
        return await OnGetAsync(id, ct);
    }
}
