using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Kernel.Auditing;
using Modular.Tenancy.Roles;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.RolesManage), NeedsStepUp]
internal sealed class EditRoleModel(RoleBook book, Deeds deeds) : PageModel
{
    /// <summary>Empty for a new one.</summary>
    [BindProperty(SupportsGet = true)]
    public string Name { get; set; } = "";

    [BindProperty]
    public string? NewName { get; set; }

    [BindProperty]
    public string[] Chosen { get; set; } = [];

    public bool IsNew => Name.Length == 0;

    public bool IsBuiltIn => Role.Find(Name) is not null;

    public Caller Caller => HttpContext.Caller;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        ModelState.Clear();
        if (IsNew) return Page();
        if (await book.FindAsync(Caller.Tenant, Name, ct) is not { IsOwner: false } role) return NotFound();
        Chosen = [.. role.Permissions];
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        ModelState.Clear();
        var name = IsNew ? NewName?.Trim() ?? "" : Name;
        var before = (await book.FindAsync(Caller.Tenant, name, ct))?.Text;
        var role = Role.Parse(name, string.Join(' ', Chosen));
        if (await book.SaveAsync(Caller, name, role.Permissions, IsNew, ct) is { } fault) return Refuse(fault);
        await deeds.RecordAsync(Caller.Tenant, new AuditEntry(Caller.Actor, before is null ? "role.created" : "role.changed", "role/" + name) { Before = before, After = role.Text }, ct);
        return Redirect("/settings/roles");
    }

    public async Task<IActionResult> OnPostDeleteAsync(CancellationToken ct)
    {
        ModelState.Clear();
        var before = (await book.FindAsync(Caller.Tenant, Name, ct))?.Text;
        if (await book.DeleteAsync(Caller, Name, ct) is { } fault)
        {
            Chosen = [.. (await book.FindAsync(Caller.Tenant, Name, ct))?.Permissions ?? Enumerable.Empty<string>()];
            return Refuse(fault);
        }
        await deeds.RecordAsync(Caller.Tenant, new AuditEntry(Caller.Actor, IsBuiltIn ? "role.reset" : "role.deleted", "role/" + Name) { Before = before, After = Role.Find(Name)?.Text }, ct);
        return Redirect("/settings/roles");
    }

    private PageResult Refuse(Fault fault)
    {
        ModelState.AddModelError(fault.Field is "name" && IsNew ? nameof(NewName) : "", fault.Detail);
        return Page();
    }
}
