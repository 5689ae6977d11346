using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.Sessions;

namespace Modular.Tenancy.Pages.Tenancy;

/// <summary>To another tenant, by POST alone: the same session with another token.</summary>
[ForEveryoneSignedIn, OpenOnDetour]
internal sealed class SwitchModel(Entrance entrance) : PageModel
{
    public RedirectResult OnGet() => Redirect("/");

    /// <param name="tenant">Empty: out of all tenants, for operators.</param>
    public async Task<IActionResult> OnPostAsync(string? tenant, CancellationToken ct)
    {
        TenantId? to = null;
        if (!string.IsNullOrEmpty(tenant))
        {
            if (!TenantId.TryParse(tenant, null, out var id)) return NotFound();
            to = id;
        }
        return await entrance.SwitchAsync(HttpContext, to, ct) ? Redirect("/") : NotFound();
    }
}
