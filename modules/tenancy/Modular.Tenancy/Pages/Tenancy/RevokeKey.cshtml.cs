using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.ApiKeys;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.KeysManage), NeedsStepUp]
internal sealed class RevokeKeyModel(KeyRegister keys, Deeds deeds) : PageModel
{
    private ListedKey? _key;

    /// <summary>Read before the page is shown.</summary>
    public ListedKey Key => _key!;

    public async Task<IActionResult> OnGetAsync(string prefix, CancellationToken ct)
    {
        _key = (await keys.ListAsync(HttpContext.Caller.Tenant, ct)).FirstOrDefault(k => k.Prefix == prefix);
        return _key is null ? NotFound() : Page();
    }

    public async Task<IActionResult> OnPostAsync(string prefix, CancellationToken ct)
    {
        var caller = HttpContext.Caller;
        if (await keys.RevokeAsync(caller.Tenant, prefix, ct) is not { } name) return NotFound();
        await deeds.RecordAsync(caller.Tenant, KeyDeeds.Revoked(caller.Actor, name), ct);
        return Redirect("/settings/keys");
    }
}
