using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Modular.Tenancy.Roles;
using Modular.Tenancy.SupportAccess;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.SupportGrant), NeedsStepUp]
internal sealed class SupportModel(SupportBook book, RoleBook roles) : PageModel
{
    [BindProperty]
    public SupportInput Input { get; set; } = new();

    public SupportGrant? Grant { get; private set; }

    public IReadOnlyList<SelectListItem> Roles { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        Grant = await book.FindAsync(HttpContext.Caller.Tenant, ct);
        Roles = [.. (await roles.ListAsync(HttpContext.Caller.Tenant, ct)).Where(r => !r.Role.IsOwner).Select(r => new SelectListItem(r.Role.Name, r.Role.Name))];
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (ModelState.IsValid && await book.GrantAsync(HttpContext.Caller, Input.Role ?? "", Input.Hours, Input.Reason?.Trim() ?? "", ct) is var fault)
        {
            if (fault is null) return Redirect("/settings/support");
            ModelState.AddModelError(fault.Field switch { "hours" => "Input.Hours", "reason" => "Input.Reason", "role" => "Input.Role", _ => "" }, fault.Detail);
        }
        await OnGetAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostRevokeAsync(CancellationToken ct)
    {
        await book.RevokeAsync(HttpContext.Caller, ct);
        return Redirect("/settings/support");
    }
}

/// <summary>What was typed.</summary>
internal sealed class SupportInput
{
    public string? Role { get; set; } = Modular.Tenancy.Roles.Role.Analyst.Name;

    public int Hours { get; set; } = 4;

    public string? Reason { get; set; }
}
