using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.SmtpCredentials;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.KeysManage), NeedsStepUp]
internal sealed class RevokeSmtpModel(SmtpRegister register) : PageModel
{
    public string Name { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(string user, CancellationToken ct)
    {
        if (await register.FindAsync(HttpContext.Caller.Tenant, user, ct) is not { } credential) return NotFound();
        Name = credential.Name;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string user, CancellationToken ct) =>
        await register.RevokeAsync(HttpContext.Caller.Tenant, user, HttpContext.Caller.Actor, ct) is null ? NotFound() : Redirect("/settings/smtp");
}
