using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.SettingsManage)]
internal sealed class TenantSettingsModel(ITenants tenants) : PageModel
{
    private Tenant? _tenant;

    /// <summary>Read before the page is shown.</summary>
    public Tenant Tenant => _tenant!;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        _tenant = await tenants.FindAsync(HttpContext.Caller.Tenant, ct);
        return _tenant is null ? NotFound() : Page();
    }
}
