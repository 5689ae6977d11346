using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.Quotas;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.SettingsManage)]
internal sealed class TenantSettingsModel(ITenants tenants, QuotaUse use) : PageModel
{
    private Tenant? _tenant;

    /// <summary>Read before the page is shown.</summary>
    public Tenant Tenant => _tenant!;

    public IReadOnlyList<UsedUp> Used { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        _tenant = await tenants.FindAsync(HttpContext.Caller.Tenant, ct);
        if (_tenant is null) return NotFound();
        Used = await use.FindAsync(_tenant, ct);
        return Page();
    }
}
