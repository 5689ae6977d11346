using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.ApiKeys;
using Modular.Tenancy.Credentials;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.KeysManage), NeedsStepUp]
internal sealed class RevokeKeyModel(KeyRegister keys) : PageModel
{
    private ListedCredential? _key;

    /// <summary>Read before the page is shown.</summary>
    public ListedCredential Key => _key!;

    public async Task<IActionResult> OnGetAsync(string prefix, CancellationToken ct)
    {
        _key = (await keys.ListAsync(HttpContext.Caller.Tenant, ct)).FirstOrDefault(k => k.Label == prefix);
        return _key is null ? NotFound() : Page();
    }

    public async Task<IActionResult> OnPostAsync(string prefix, CancellationToken ct) =>
        await keys.RevokeAsync(HttpContext.Caller.Tenant, prefix, HttpContext.Caller.Actor, ct) is null ? NotFound() : Redirect("/settings/keys");
}
