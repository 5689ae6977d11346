using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.ApiKeys;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.KeysManage)]
internal sealed class KeysModel(KeyRegister keys) : PageModel
{
    public IReadOnlyList<ListedKey> Keys { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct) => Keys = await keys.ListAsync(HttpContext.Caller.Tenant, ct);
}
