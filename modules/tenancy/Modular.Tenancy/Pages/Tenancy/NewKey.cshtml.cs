using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Kernel.Web;
using Modular.Tenancy.ApiKeys;
using Modular.Tenancy.Credentials;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.KeysManage), NeedsStepUp]
internal sealed class NewKeyModel(KeyRegister keys, TimeProvider time) : PageModel
{
    [BindProperty]
    public NewKeyInput Input { get; set; } = new();

    /// <summary>Shown on the answer to the form, and never again.</summary>
    public NewCredential? Made { get; private set; }

    /// <summary>Nobody gives what they do not hold.</summary>
    public IReadOnlyList<string> Choices => [.. HttpContext.Caller.Permissions.Order(StringComparer.Ordinal)];

    public async Task OnPostAsync(CancellationToken ct)
    {
        if (!ModelState.IsValid) return;
        if (!NetworkList.TryParse(Input.Networks, out var networks, out var badNetwork))
        {
            ModelState.AddModelError("Input.Networks", badNetwork);
            return;
        }
        var expiresAt = Expiry.After(Input.ExpiresDays, time.GetUtcNow());
        if (!expiresAt.IsOk)
        {
            ModelState.AddModelError("Input.ExpiresDays", expiresAt.Fault.Detail);
            return;
        }
        var draft = new CredentialDraft(Input.Name?.Trim() ?? "", Input.Permissions, networks, expiresAt.Value);
        var result = await keys.CreateAsync(HttpContext.Caller.Tenant, draft, Maker.Person(HttpContext.Caller), ct);
        if (!result.IsOk)
        {
            ModelState.AddModelError(result.Fault.Field switch { "name" => "Input.Name", "permissions" => "Input.Permissions", _ => "" }, result.Fault.Detail);
            return;
        }
        Made = result.Value;
    }
}

/// <summary>What was typed.</summary>
internal sealed class NewKeyInput
{
    public string? Name { get; set; }

    public string[] Permissions { get; set; } = [];

    /// <summary>Empty: from anywhere.</summary>
    public string? Networks { get; set; }

    /// <summary>Null: it does not expire.</summary>
    public int? ExpiresDays { get; set; }
}
