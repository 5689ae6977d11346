using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.Extensions.Localization;
using Modular.Kernel.Auditing;
using Modular.Kernel.Web;
using Modular.Tenancy.Factors;
using Modular.Tenancy.Policies;
using Modular.Tenancy.Roles;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Pages.Tenancy;

/// <summary>When this tenant asks for a second factor. It locks nobody out: who has none adds one before anything else.</summary>
[NeedsPermission(Permissions.SecurityManage), NeedsStepUp]
internal sealed class FactorRulesModel(PolicyBook policies, RoleBook roles, Deeds deeds, IStringLocalizer<FactorTexts> texts) : PageModel
{
    [BindProperty]
    public FactorDemand Demand { get; set; }

    [BindProperty]
    public string[] Roles { get; set; } = [];

    [BindProperty]
    public string? KnownNetworks { get; set; }

    public bool IsSaved { get; private set; }

    public IReadOnlyList<string> RoleNames { get; private set; } = [];

    public IEnumerable<SelectListItem> Demands => Enum.GetValues<FactorDemand>().Select(d => new SelectListItem(texts["Demand." + d], d.ToString()));

    /// <summary>Where the reader comes from, to be put on the list.</summary>
    public string Here => HttpContext.Client.Address?.ToString() ?? "";

    public async Task OnGetAsync(CancellationToken ct)
    {
        await ReadRolesAsync(ct);
        var now = (await policies.FindAsync(HttpContext.Caller.Tenant, ct)).Factors;
        (Demand, Roles, KnownNetworks) = (now.Demand, [.. now.Roles], now.KnownNetworks.Replace(' ', '\n'));
    }

    public async Task OnPostAsync(CancellationToken ct)
    {
        await ReadRolesAsync(ct);
        if (!NetworkList.TryParse(KnownNetworks, out var networks, out var bad)) ModelState.AddModelError(nameof(KnownNetworks), bad);
        if (!Enum.IsDefined(Demand)) ModelState.AddModelError(nameof(Demand), texts["Demand"]);
        if (Demand is FactorDemand.Roles && Roles.Length == 0) ModelState.AddModelError(nameof(Roles), texts["RolesMissing"]);
        if (Roles.FirstOrDefault(r => !RoleNames.Contains(r, StringComparer.Ordinal)) is { } unknown) ModelState.AddModelError(nameof(Roles), texts["RoleUnknown", unknown]);
        if (!ModelState.IsValid || networks is null) return;

        var caller = HttpContext.Caller;
        var before = await policies.FindAsync(caller.Tenant, ct);
        var after = before with { Factors = new FactorPolicy { Demand = Demand, Roles = Roles, KnownNetworks = networks.ToString() } };
        await policies.SaveAsync(caller.Tenant, after, ct);
        await deeds.RecordAsync(caller.Tenant, new AuditEntry(caller.Actor, "policy.changed", "policy/factors", Demand.ToString()) { Before = JsonSerializer.Serialize(before.Factors), After = JsonSerializer.Serialize(after.Factors) }, ct);
        ModelState.Clear();
        KnownNetworks = string.Join('\n', networks.Networks);
        IsSaved = true;
    }

    private async Task ReadRolesAsync(CancellationToken ct) => RoleNames = [.. (await roles.ListAsync(HttpContext.Caller.Tenant, ct)).Select(r => r.Role.Name)];
}
