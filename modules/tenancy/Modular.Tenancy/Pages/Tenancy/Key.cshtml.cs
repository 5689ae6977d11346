using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.ApiKeys;
using Modular.Tenancy.Credentials;
using Modular.Tenancy.Networks;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.KeysManage), NeedsStepUp]
internal sealed class KeyModel(KeyRegister keys, NetworkChanges changes) : PageModel
{
    private ListedCredential? _key;

    /// <summary>Read before the page is shown.</summary>
    public ListedCredential Key => _key!;

    [BindProperty]
    public string? Networks { get; set; }

    public async Task<IActionResult> OnGetAsync(string prefix, CancellationToken ct)
    {
        if (!await FindAsync(prefix, ct)) return NotFound();
        Networks = Key.Networks.Replace(' ', '\n');
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string prefix, CancellationToken ct)
    {
        if (!await FindAsync(prefix, ct)) return NotFound();
        if (await changes.ForKeyAsync(RuleAuthor.Of(HttpContext), HttpContext.Caller.Tenant, prefix, Networks, ct) is not { } fault) return Redirect("/settings/keys");
        ModelState.AddModelError(nameof(Networks), fault.Detail);
        return Page();
    }

    private async Task<bool> FindAsync(string prefix, CancellationToken ct) =>
        (_key = (await keys.ListAsync(HttpContext.Caller.Tenant, ct)).FirstOrDefault(k => k.Label == prefix)) is not null;
}
