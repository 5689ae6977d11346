using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Kernel.Web;
using Modular.Tenancy.Factors;
using Modular.Tenancy.Sessions;

namespace Modular.Tenancy.Pages.Tenancy;

/// <summary>To another tenant, by POST alone: the same session with another token.</summary>
[ForEveryoneSignedIn, OpenOnDetour]
internal sealed class SwitchModel(Entrance entrance, FactorGate gate) : PageModel
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
            if (await WayToFactorAsync(id, ct) is { } way) return Redirect(way);
        }
        return await entrance.SwitchAsync(HttpContext, to, ct) ? Redirect("/") : NotFound();
    }

    /// <summary>A session that a password alone began does not come into a tenant that asks for more.</summary>
    private async Task<string?> WayToFactorAsync(TenantId tenant, CancellationToken ct)
    {
        if (HttpContext.Caller is not { UserId: { } userId, ProvenBy: FactorKinds.Password }) return null;
        var need = await gate.NeedAsync(userId, tenant, HttpContext.Client.Address, ct);
        return need switch { FactorNeed.Add => SecondStep.AddInSessionPath, FactorNeed.Show => StepUp.Path, _ => null };
    }
}
