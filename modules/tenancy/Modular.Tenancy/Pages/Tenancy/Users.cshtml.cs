using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.Invitations;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.UsersManage)]
internal sealed class UsersModel(MemberBook members, InvitationBook invitations) : PageModel
{
    public IReadOnlyList<Member> Members { get; private set; } = [];

    public IReadOnlyList<PendingInvitation> Pending { get; private set; } = [];

    [BindProperty(SupportsGet = true, Name = "invited")]
    public bool WasInvited { get; set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        Members = await members.ListAsync(HttpContext.Caller.Tenant, ct);
        Pending = await invitations.PendingAsync(HttpContext.Caller.Tenant, ct);
    }

    public async Task<IActionResult> OnPostRevokeAsync(long id, CancellationToken ct) =>
        await invitations.RevokeAsync(HttpContext.Caller, id, ct) ? Redirect("/settings/users") : NotFound();
}
