using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Modular.Tenancy.Roles;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.UsersManage), NeedsStepUp]
internal sealed class UserModel(MemberBook members, RoleBook roles) : PageModel
{
    private Member? _member;

    /// <summary>Read before the page is shown.</summary>
    public Member Member => _member!;

    [BindProperty]
    public string? Role { get; set; }

    public IReadOnlyList<SelectListItem> Roles { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        if (!await ReadAsync(id, ct)) return NotFound();
        Role = Member.Role;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(long id, CancellationToken ct)
    {
        if (!await ReadAsync(id, ct)) return NotFound();
        return await members.ChangeAsync(HttpContext.Caller, id, Role ?? "", ct) is { } fault ? Refuse(fault) : Redirect("/settings/users");
    }

    public async Task<IActionResult> OnPostRemoveAsync(long id, CancellationToken ct)
    {
        if (!await ReadAsync(id, ct)) return NotFound();
        Role = Member.Role;
        return await members.RemoveAsync(HttpContext.Caller, id, ct) is { } fault ? Refuse(fault) : Redirect("/settings/users");
    }

    private async Task<bool> ReadAsync(long id, CancellationToken ct)
    {
        _member = await members.FindAsync(HttpContext.Caller.Tenant, id, ct);
        Roles = await roles.OffersAsync(HttpContext.Caller, _member?.Role, ct);
        return _member is not null;
    }

    private PageResult Refuse(Fault fault)
    {
        ModelState.AddModelError(fault.Field is "role" ? nameof(Role) : "", fault.Detail);
        return Page();
    }
}
