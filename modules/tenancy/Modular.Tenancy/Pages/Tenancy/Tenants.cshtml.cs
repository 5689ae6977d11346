using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Modular.Tenancy.Pages.Tenancy;

/// <summary>All tenants of the installation, for those who run it. Nothing on it is a tenant's data.</summary>
[NeedsPermission(Permissions.InstallationManage)]
internal sealed class TenantsModel(ITenants tenants) : PageModel
{
    public IReadOnlyList<Tenant> Tenants { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct) => Tenants = await tenants.AllAsync(ct);
}
