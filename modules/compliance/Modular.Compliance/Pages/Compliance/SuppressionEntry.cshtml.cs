using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Modular.Compliance.Suppressing;

namespace Modular.Compliance.Pages.Compliance;

[NeedsPermission(Permissions.SuppressionRead)]
internal sealed class SuppressionEntryModel(SuppressionList list, SuppressionLifting lifting, IStringLocalizer<Texts> texts) : PageModel
{
    private Suppression? _entry;

    /// <summary>Read by every handler before the page is shown.</summary>
    public Suppression Entry => _entry!;

    public bool MayEdit => HttpContext.Caller.May(Permissions.SuppressionEdit);

    public string? Blocked => Entry.Reason is SuppressionReason.Complaint ? texts["ComplaintStands"].Value : null;

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken ct)
    {
        _entry = await list.FindAsync(HttpContext.Caller.Tenant, new EmailIndex(id), ct);
        return _entry is null ? NotFound() : Page();
    }

    [NeedsPermission(Permissions.SuppressionEdit)]
    public async Task<IActionResult> OnPostLiftAsync(Guid id, CancellationToken ct)
    {
        if (await lifting.LiftAsync(HttpContext.Caller, new EmailIndex(id), ct) is not { } fault) return Redirect("/suppressions");
        ModelState.AddModelError("", fault.Detail);
        return await OnGetAsync(id, ct);
    }
}
