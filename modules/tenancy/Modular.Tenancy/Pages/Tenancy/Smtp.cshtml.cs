using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.Credentials;
using Modular.Tenancy.SmtpCredentials;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.KeysManage)]
internal sealed class SmtpModel(SmtpRegister register) : PageModel
{
    public IReadOnlyList<ListedCredential> Credentials { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct) => Credentials = await register.ListAsync(HttpContext.Caller.Tenant, ct);
}
