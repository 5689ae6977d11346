using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.SmtpCredentials;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.KeysManage), NeedsStepUp]
internal sealed class RevokeSmtpModel(SmtpRegister register, Deeds deeds) : PageModel
{
    public string Name { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(string user, CancellationToken ct)
    {
        if (await register.FindAsync(HttpContext.Caller.Tenant, user, ct) is not { } credential) return NotFound();
        Name = credential.Name;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string user, CancellationToken ct)
    {
        var caller = HttpContext.Caller;
        if (await register.RevokeAsync(caller.Tenant, user, ct) is not { } name) return NotFound();
        await deeds.RecordAsync(caller.Tenant, SmtpDeeds.Revoked(caller.Actor, name), ct);
        return Redirect("/settings/smtp");
    }
}
