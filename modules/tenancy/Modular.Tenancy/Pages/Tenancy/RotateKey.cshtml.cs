using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.ApiKeys;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.KeysManage), NeedsStepUp]
internal sealed class RotateKeyModel(KeyRegister keys, Deeds deeds) : PageModel
{
    public string Name { get; private set; } = "";

    [BindProperty]
    public int OverlapHours { get; set; } = (int)Overlap.Usual.TotalHours;

    /// <summary>Shown on the answer to the form, and never again.</summary>
    public NewKey? Made { get; private set; }

    public async Task<IActionResult> OnGetAsync(string prefix, CancellationToken ct) => await FindAsync(prefix, ct) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(string prefix, CancellationToken ct)
    {
        if (!await FindAsync(prefix, ct)) return NotFound();
        if (!ModelState.IsValid) return Page();
        var caller = HttpContext.Caller;
        var result = await keys.RotateAsync(caller.Tenant, prefix, TimeSpan.FromHours(OverlapHours), ct);
        if (!result.IsOk)
        {
            ModelState.AddModelError(nameof(OverlapHours), result.Fault.Detail);
            return Page();
        }
        Made = result.Value;
        await deeds.RecordAsync(caller.Tenant, KeyDeeds.Rotated(caller.Actor, Made), ct);
        return Page();
    }

    private async Task<bool> FindAsync(string prefix, CancellationToken ct)
    {
        var key = await keys.FindAsync(HttpContext.Caller.Tenant, prefix, ct);
        Name = key?.Name ?? "";
        return key is not null;
    }
}
