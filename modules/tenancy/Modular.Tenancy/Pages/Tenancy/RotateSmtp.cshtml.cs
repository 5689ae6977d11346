using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.Credentials;
using Modular.Tenancy.SmtpCredentials;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.KeysManage), NeedsStepUp]
internal sealed class RotateSmtpModel(SmtpRegister register) : PageModel
{
    public string Name { get; private set; } = "";

    [BindProperty]
    public int OverlapHours { get; set; } = (int)Overlap.Usual.TotalHours;

    /// <summary>Shown on the answer to the form, and never again.</summary>
    public NewCredential? Made { get; private set; }

    public async Task<IActionResult> OnGetAsync(string user, CancellationToken ct) => await FindAsync(user, ct) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(string user, CancellationToken ct)
    {
        if (!await FindAsync(user, ct)) return NotFound();
        if (!ModelState.IsValid) return Page();
        var result = Overlap.Of(OverlapHours) is { } overlap ? await register.RotateAsync(HttpContext.Caller.Tenant, user, overlap, Maker.Person(HttpContext.Caller), ct) : new BadOverlap();
        if (!result.IsOk)
        {
            ModelState.AddModelError(nameof(OverlapHours), result.Fault.Detail);
            return Page();
        }
        Made = result.Value;
        return Page();
    }

    private async Task<bool> FindAsync(string user, CancellationToken ct)
    {
        var credential = await register.FindAsync(HttpContext.Caller.Tenant, user, ct);
        Name = credential?.Name ?? "";
        return credential is not null;
    }
}
