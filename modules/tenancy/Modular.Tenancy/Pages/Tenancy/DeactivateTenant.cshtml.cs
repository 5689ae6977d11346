using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.InstallationManage), NeedsStepUp]
internal sealed class DeactivateTenantModel(TenantBook book, TenantLife life) : PageModel
{
    private Tenant? _tenant;

    /// <summary>Read before the page is shown.</summary>
    public Tenant Tenant => _tenant!;

    [BindProperty]
    public string? Reason { get; set; }

    public async Task<IActionResult> OnGetAsync(string slug, CancellationToken ct)
    {
        _tenant = await book.FindAsync(slug, ct);
        return _tenant is null ? NotFound() : Page();
    }

    public async Task<IActionResult> OnPostAsync(string slug, CancellationToken ct)
    {
        if ((await life.DeactivateAsync(slug, Reason?.Trim() ?? "", HttpContext.Caller.Actor, ct)).Fault is not { } fault) return Redirect("/installation/tenants/" + slug);
        ModelState.AddModelError(fault is BadReason ? nameof(Reason) : "", fault.Detail);
        return await OnGetAsync(slug, ct);
    }
}
