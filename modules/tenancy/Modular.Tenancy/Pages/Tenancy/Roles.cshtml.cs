using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.Roles;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.RolesManage)]
internal sealed class RolesModel(RoleBook book) : PageModel
{
    public IReadOnlyList<ListedRole> Roles { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct) => Roles = await book.ListAsync(HttpContext.Caller.Tenant, ct);
}
