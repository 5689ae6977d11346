using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Kernel.Auditing;
using Modular.Tenancy.Roles;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.RolesManage), NeedsStepUp]
internal sealed class EditRoleModel(RoleBook book, IEnumerable<ILimitChoices> limitChoices, Deeds deeds) : PageModel
{
    /// <summary>Empty for a new one.</summary>
    [BindProperty(SupportsGet = true)]
    public string Name { get; set; } = "";

    [BindProperty]
    public string? NewName { get; set; }

    [BindProperty]
    public string[] Chosen { get; set; } = [];

    [BindProperty]
    public RoleLimits Limits { get; set; } = new();

    /// <summary>What the limits can name.</summary>
    public IReadOnlyDictionary<LimitKinds, IReadOnlyList<LimitChoice>> Offered { get; private set; } = new Dictionary<LimitKinds, IReadOnlyList<LimitChoice>>();

    public bool IsNew => Name.Length == 0;

    public bool IsBuiltIn => Role.Find(Name) is not null;

    public Caller Caller => HttpContext.Caller;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        ModelState.Clear();
        await OfferAsync(ct);
        if (IsNew) return Page();
        if (await book.FindAsync(Caller.Tenant, Name, ct) is not { IsOwner: false } role) return NotFound();
        (Chosen, Limits) = ([.. role.Permissions], RoleLimits.Of(role.Limits));
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        ModelState.Clear();
        await OfferAsync(ct);
        var name = IsNew ? NewName?.Trim() ?? "" : Name;
        var before = (await book.FindAsync(Caller.Tenant, name, ct))?.Text;
        var (permissions, limits) = (Chosen.Where(Permissions.All.Contains).ToHashSet(StringComparer.Ordinal), Limits.Among(Offered));
        if (await book.SaveAsync(Caller, name, permissions, limits, IsNew, ct) is { } fault) return Refuse(fault);
        await deeds.RecordAsync(Caller.Tenant, new AuditEntry(Caller.Actor, before is null ? "role.created" : "role.changed", "role/" + name) { Before = before, After = Role.Parse(name, StoredRole.Of(permissions, limits)).Text }, ct);
        return Redirect("/settings/roles");
    }

    public async Task<IActionResult> OnPostDeleteAsync(CancellationToken ct)
    {
        ModelState.Clear();
        await OfferAsync(ct);
        var before = (await book.FindAsync(Caller.Tenant, Name, ct))?.Text;
        if (await book.DeleteAsync(Caller, Name, ct) is { } fault)
        {
            var kept = await book.FindAsync(Caller.Tenant, Name, ct);
            (Chosen, Limits) = ([.. kept?.Permissions ?? Enumerable.Empty<string>()], RoleLimits.Of(kept?.Limits ?? Kernel.Access.Limits.None));
            return Refuse(fault);
        }
        await deeds.RecordAsync(Caller.Tenant, new AuditEntry(Caller.Actor, IsBuiltIn ? "role.reset" : "role.deleted", "role/" + Name) { Before = before, After = Role.Find(Name)?.Text }, ct);
        return Redirect("/settings/roles");
    }

    private async Task OfferAsync(CancellationToken ct)
    {
        var offered = new Dictionary<LimitKinds, IReadOnlyList<LimitChoice>>();
        foreach (var choices in limitChoices) offered.Add(choices.Kind, await choices.OfAsync(Caller.Tenant, ct));
        Offered = offered;
    }

    private PageResult Refuse(Fault fault)
    {
        ModelState.AddModelError(fault.Field is "name" && IsNew ? nameof(NewName) : "", fault.Detail);
        return Page();
    }
}
