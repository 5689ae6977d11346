using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Modular.Tenancy.Factors;
using Modular.Web.Kit.Components;

namespace Modular.Tenancy.Pages.Tenancy;

/// <summary>A member has lost what they sign in with. Their identity is the administrator's to make sure of.</summary>
[NeedsPermission(Permissions.UsersManage), NeedsStepUp]
internal sealed class ResetFactorsModel(FactorReset reset, IStringLocalizer<FactorTexts> texts) : PageModel
{
    public string Address { get; private set; } = "";

    public int Count { get; private set; }

    public string? Fault { get; private set; }

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct) => await FindAsync(id, ct) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(long id, CancellationToken ct)
    {
        if (!await FindAsync(id, ct)) return NotFound();
        if (!Confirmation.WasTyped(Request, Address))
        {
            Fault = texts["TypeAddress"];
            return Page();
        }
        if (await reset.OfMemberAsync(HttpContext.Caller, id, ct) is { } fault)
        {
            Fault = fault.Detail;
            return Page();
        }
        return Redirect($"/settings/users/{id}/reset-factors");
    }

    private async Task<bool> FindAsync(long id, CancellationToken ct)
    {
        if (await reset.FindMemberAsync(HttpContext.Caller.Tenant, id, ct) is not (var address, var count)) return false;
        (Address, Count) = (address, count);
        return true;
    }
}
