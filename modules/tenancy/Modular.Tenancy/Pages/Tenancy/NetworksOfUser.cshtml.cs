using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.Networks;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.SecurityManage), NeedsStepUp]
internal sealed class NetworksOfUserModel(NetworkChanges changes, NetworkPeople people) : PageModel
{
    private NetworkPerson? _person;

    /// <summary>Read before the page is shown.</summary>
    public NetworkPerson Person => _person!;

    [BindProperty]
    public string? Networks { get; set; }

    public async Task<IActionResult> OnGetAsync(long userId, CancellationToken ct)
    {
        if (!await FindAsync(userId, ct)) return NotFound();
        Networks = Person.Networks.Replace(' ', '\n');
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(long userId, CancellationToken ct)
    {
        if (!await FindAsync(userId, ct)) return NotFound();
        if (await changes.ForUserAsync(RuleAuthor.Of(HttpContext), HttpContext.Caller.Tenant, userId, Networks, ct) is not { } fault) return Redirect("/settings/networks");
        ModelState.AddModelError(nameof(Networks), fault.Detail);
        return Page();
    }

    private async Task<bool> FindAsync(long userId, CancellationToken ct) =>
        (_person = (await people.ListAsync(HttpContext.Caller.Tenant, ct)).FirstOrDefault(p => p.UserId == userId)) is not null;
}
