using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.SupportAccess;

namespace Modular.Tenancy.Pages.Tenancy;

/// <summary>For operators: which tenants let them in now.</summary>
[NeedsPermission(Permissions.InstallationManage)]
internal sealed class InstallationSupportModel(SupportBook book, ITenants tenants) : PageModel
{
    public IReadOnlyList<(string Name, SupportGrant Grant)> Grants { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        var found = new List<(string, SupportGrant)>();
        foreach (var grant in await book.AllAsync(ct))
        {
            if (await tenants.FindAsync(grant.Tenant, ct) is { State: TenantState.Active } tenant) found.Add((tenant.Name, grant));
        }
        Grants = found;
    }
}
