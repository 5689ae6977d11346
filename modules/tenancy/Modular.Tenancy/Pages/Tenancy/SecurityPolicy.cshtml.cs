using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Kernel.Auditing;
using Modular.Tenancy.Policies;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.SecurityManage), NeedsStepUp]
internal sealed class SecurityPolicyModel(PolicyBook policies, Deeds deeds) : PageModel
{
    [BindProperty]
    public PolicyInput Input { get; set; } = new();

    [BindProperty(SupportsGet = true, Name = "saved")]
    public bool IsSaved { get; set; }

    public async Task OnGetAsync(CancellationToken ct) => Input = PolicyInput.Of(await policies.FindAsync(HttpContext.Caller.Tenant, ct));

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!ModelState.IsValid) return Page();
        var caller = HttpContext.Caller;
        var before = await policies.FindAsync(caller.Tenant, ct);
        var policy = Input.Change(before);
        var faults = PolicyRules.FaultsOf(policy);
        foreach (var (field, detail) in faults) ModelState.AddModelError("Input." + field, detail);
        if (faults.Count > 0) return Page();
        await policies.SaveAsync(caller.Tenant, policy, ct);
        await deeds.RecordAsync(caller.Tenant, new AuditEntry(caller.Actor, "policy.changed", "tenant/" + caller.Tenant) { Before = PolicyBook.Text(before), After = PolicyBook.Text(policy) }, ct);
        return Redirect("/settings/security?saved=true");
    }
}

/// <summary>What was typed.</summary>
internal sealed class PolicyInput
{
    public int Shortest { get; set; }

    public int? LongestAgeDays { get; set; }

    public int History { get; set; }

    /// <summary>One on each line, or with commas between them.</summary>
    public string? DeniedWords { get; set; }

    public int Attempts { get; set; }

    public int Minutes { get; set; }

    public int IdleMinutes { get; set; }

    public int LongestHours { get; set; }

    public static PolicyInput Of(AccessPolicy policy) => new()
    {
        Shortest = policy.Password.Shortest,
        LongestAgeDays = policy.Password.LongestAgeDays,
        History = policy.Password.History,
        DeniedWords = string.Join('\n', policy.Password.DeniedWords),
        Attempts = policy.LockOut.Attempts,
        Minutes = policy.LockOut.Minutes,
        IdleMinutes = policy.Session.IdleMinutes,
        LongestHours = policy.Session.LongestHours,
    };

    public AccessPolicy Change(AccessPolicy policy) => policy with
    {
        Password = new PasswordPolicy { Shortest = Shortest, LongestAgeDays = LongestAgeDays, History = History, DeniedWords = Words(DeniedWords) },
        LockOut = new LockOutPolicy { Attempts = Attempts, Minutes = Minutes },
        Session = new SessionPolicy { IdleMinutes = IdleMinutes, LongestHours = LongestHours },
    };

    private static string[] Words(string? text) => text?.Split(['\n', '\r', ',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
