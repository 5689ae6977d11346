using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Modular.Tenancy.Invitations;
using Modular.Tenancy.Roles;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.UsersManage), NeedsStepUp]
internal sealed class InviteModel(InvitationBook invitations, RoleBook roles) : PageModel
{
    [BindProperty]
    public string? Address { get; set; }

    [BindProperty]
    public string? Role { get; set; } = Modular.Tenancy.Roles.Role.Marketer.Name;

    public IReadOnlyList<SelectListItem> Roles { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct) => Roles = await roles.OffersAsync(HttpContext.Caller, null, ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await invitations.InviteAsync(HttpContext.Caller, Address?.Trim() ?? "", Role ?? "", ct) is not { } fault) return Redirect("/settings/users?invited=true");
        ModelState.AddModelError(fault.Field switch { "address" => nameof(Address), "role" => nameof(Role), _ => "" }, fault.Detail);
        await OnGetAsync(ct);
        return Page();
    }
}
