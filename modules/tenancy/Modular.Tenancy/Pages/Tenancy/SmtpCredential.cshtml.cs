using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.Credentials;
using Modular.Tenancy.Networks;
using Modular.Tenancy.SmtpCredentials;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.KeysManage), NeedsStepUp]
internal sealed class SmtpCredentialModel(SmtpRegister register, NetworkChanges changes) : PageModel
{
    private ListedCredential? _credential;

    /// <summary>Read before the page is shown.</summary>
    public ListedCredential Credential => _credential!;

    [BindProperty]
    public string? Networks { get; set; }

    public async Task<IActionResult> OnGetAsync(string user, CancellationToken ct)
    {
        if (!await FindAsync(user, ct)) return NotFound();
        Networks = Credential.Networks.Replace(' ', '\n');
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string user, CancellationToken ct)
    {
        if (!await FindAsync(user, ct)) return NotFound();
        if (await changes.ForCredentialAsync(RuleAuthor.Of(HttpContext), HttpContext.Caller.Tenant, user, Networks, ct) is not { } fault) return Redirect("/settings/smtp");
        ModelState.AddModelError(nameof(Networks), fault.Detail);
        return Page();
    }

    private async Task<bool> FindAsync(string user, CancellationToken ct) =>
        (_credential = (await register.ListAsync(HttpContext.Caller.Tenant, ct)).FirstOrDefault(c => c.Label == user)) is not null;
}
