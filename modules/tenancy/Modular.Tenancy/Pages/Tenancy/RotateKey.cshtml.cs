using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.ApiKeys;
using Modular.Tenancy.Credentials;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.KeysManage), NeedsStepUp]
internal sealed class RotateKeyModel(KeyRegister keys) : PageModel
{
    public string Name { get; private set; } = "";

    [BindProperty]
    public int OverlapHours { get; set; } = (int)Overlap.Usual.TotalHours;

    /// <summary>Shown on the answer to the form, and never again.</summary>
    public NewCredential? Made { get; private set; }

    public async Task<IActionResult> OnGetAsync(string prefix, CancellationToken ct) => await FindAsync(prefix, ct) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(string prefix, CancellationToken ct)
    {
        if (!await FindAsync(prefix, ct)) return NotFound();
        if (!ModelState.IsValid) return Page();
        var result = Overlap.Of(OverlapHours) is { } overlap ? await keys.RotateAsync(HttpContext.Caller.Tenant, prefix, overlap, Maker.Person(HttpContext.Caller), ct) : new BadOverlap();
        if (!result.IsOk)
        {
            ModelState.AddModelError(nameof(OverlapHours), result.Fault.Detail);
            return Page();
        }
        Made = result.Value;
        return Page();
    }

    private async Task<bool> FindAsync(string prefix, CancellationToken ct)
    {
        var key = await keys.FindAsync(HttpContext.Caller.Tenant, prefix, ct);
        Name = key?.Name ?? "";
        return key is not null;
    }
}
