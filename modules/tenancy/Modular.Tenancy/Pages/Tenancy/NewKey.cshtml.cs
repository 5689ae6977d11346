using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Kernel.Auditing;
using Modular.Tenancy.ApiKeys;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.KeysManage), NeedsStepUp]
internal sealed class NewKeyModel(KeyRegister keys, Deeds deeds, TimeProvider time) : PageModel
{
    private const int LongestDays = 3650;

    [BindProperty]
    public NewKeyInput Input { get; set; } = new();

    /// <summary>Shown on the answer to the form, and never again.</summary>
    public NewKey? Made { get; private set; }

    /// <summary>Nobody gives what they do not hold.</summary>
    public IReadOnlyList<string> Choices => [.. HttpContext.Caller.Permissions.Order(StringComparer.Ordinal)];

    public async Task OnPostAsync(CancellationToken ct)
    {
        if (!ModelState.IsValid) return;
        if (Input.ExpiresDays is < 1 or > LongestDays)
        {
            ModelState.AddModelError("Input.ExpiresDays", $"1 to {LongestDays} days, or nothing for a key that does not expire.");
            return;
        }
        var caller = HttpContext.Caller;
        var permissions = Input.Permissions.ToHashSet(StringComparer.Ordinal);
        var expiresAt = time.GetUtcNow() + (Input.ExpiresDays is { } days ? TimeSpan.FromDays(days) : null);
        var result = await keys.CreateAsync(caller.Tenant, Input.Name?.Trim() ?? "", permissions, caller.Permissions, expiresAt, ct);
        if (!result.IsOk)
        {
            ModelState.AddModelError(result.Fault.Field switch { "name" => "Input.Name", "permissions" => "Input.Permissions", _ => "" }, result.Fault.Detail);
            return;
        }
        Made = result.Value;
        await deeds.RecordAsync(caller.Tenant, new AuditEntry(caller.Actor, "key.created", "key/" + Made.Name, string.Join(' ', permissions.Order(StringComparer.Ordinal))), ct);
    }
}

/// <summary>What was typed.</summary>
internal sealed class NewKeyInput
{
    public string? Name { get; set; }

    public string[] Permissions { get; set; } = [];

    /// <summary>Null: it does not expire.</summary>
    public int? ExpiresDays { get; set; }
}
