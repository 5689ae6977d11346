using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.ApiKeys;
using Modular.Tenancy.SmtpCredentials;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.KeysManage), NeedsStepUp]
internal sealed class RotateSmtpModel(SmtpRegister register, Deeds deeds) : PageModel
{
    public string Name { get; private set; } = "";

    [BindProperty]
    public int OverlapHours { get; set; } = (int)Overlap.Usual.TotalHours;

    /// <summary>Shown on the answer to the form, and never again.</summary>
    public NewSmtpCredential? Made { get; private set; }

    public async Task<IActionResult> OnGetAsync(string user, CancellationToken ct) => await FindAsync(user, ct) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(string user, CancellationToken ct)
    {
        if (!await FindAsync(user, ct)) return NotFound();
        if (!ModelState.IsValid) return Page();
        var caller = HttpContext.Caller;
        var result = await register.RotateAsync(caller.Tenant, user, TimeSpan.FromHours(OverlapHours), ct);
        if (!result.IsOk)
        {
            ModelState.AddModelError(nameof(OverlapHours), result.Fault.Detail);
            return Page();
        }
        Made = result.Value;
        await deeds.RecordAsync(caller.Tenant, SmtpDeeds.Rotated(caller.Actor, Made), ct);
        return Page();
    }

    private async Task<bool> FindAsync(string user, CancellationToken ct)
    {
        var credential = await register.FindAsync(HttpContext.Caller.Tenant, user, ct);
        Name = credential?.Name ?? "";
        return credential is not null;
    }
}
