using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.Networks;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.SecurityManage), NeedsStepUp]
internal sealed class NetworksModel(NetworkRules rules, NetworkChanges changes, NetworkPeople people) : PageModel
{
    [BindProperty]
    public string? Networks { get; set; }

    /// <summary>Where the reader is, as every door sees it.</summary>
    public string Here => RuleAuthor.Of(HttpContext).Address!.ToString();   // a request has one

    public IReadOnlyList<NetworkPerson> People { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        Networks = (await rules.FindAsync(HttpContext.Caller.Tenant, ct)).Everyone.ToString().Replace(' ', '\n');
        People = await people.ListAsync(HttpContext.Caller.Tenant, ct);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await changes.ForTenantAsync(RuleAuthor.Of(HttpContext), HttpContext.Caller.Tenant, Networks, ct) is not { } fault) return Redirect("/settings/networks");
        ModelState.AddModelError(nameof(Networks), fault.Detail);
        People = await people.ListAsync(HttpContext.Caller.Tenant, ct);
        return Page();
    }
}
