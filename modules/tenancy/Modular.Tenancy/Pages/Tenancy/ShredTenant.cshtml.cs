using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.Keys;
using Modular.Tenancy.Tenants;
using Modular.Web.Kit.Components;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.InstallationManage), NeedsStepUp]
internal sealed class ShredTenantModel(TenantBook book, Shredding shredding) : PageModel
{
    private Tenant? _tenant;

    /// <summary>Read before the page is shown.</summary>
    public Tenant Tenant => _tenant!;

    /// <summary>Why it was not done; null when nothing was tried.</summary>
    public string? Fault { get; private set; }

    public async Task<IActionResult> OnGetAsync(string slug, CancellationToken ct)
    {
        _tenant = await book.FindAsync(slug, ct);
        return _tenant is null ? NotFound() : Page();
    }

    public async Task<IActionResult> OnPostAsync(string slug, CancellationToken ct)
    {
        var fault = Confirmation.WasTyped(Request, slug) ? await shredding.ShredAsync(slug, HttpContext.Caller.Actor, ct) : new NotConfirmed(slug);
        if (fault is null) return Redirect("/installation/tenants/" + slug);
        Fault = fault.Detail;
        return await OnGetAsync(slug, ct);
    }
}
