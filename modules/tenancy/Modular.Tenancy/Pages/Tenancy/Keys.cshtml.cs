using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.ApiKeys;
using Modular.Tenancy.Credentials;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.KeysManage)]
internal sealed class KeysModel(KeyRegister keys) : PageModel
{
    public IReadOnlyList<ListedCredential> Keys { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct) => Keys = await keys.ListAsync(HttpContext.Caller.Tenant, ct);
}
