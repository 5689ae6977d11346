using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Kernel.Web;
using Modular.Tenancy.Credentials;
using Modular.Tenancy.SmtpCredentials;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.KeysManage), NeedsStepUp]
internal sealed class NewSmtpModel(SmtpRegister register, TimeProvider time) : PageModel
{
    [BindProperty]
    public NewSmtpInput Input { get; set; } = new();

    /// <summary>Shown on the answer to the form, and never again.</summary>
    public NewCredential? Made { get; private set; }

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
        var draft = new CredentialDraft(Input.Name?.Trim() ?? "", [Input.Domains ?? ""], networks, expiresAt.Value);
        var result = await register.CreateAsync(HttpContext.Caller.Tenant, draft, Maker.Person(HttpContext.Caller), ct);
        if (!result.IsOk)
        {
            ModelState.AddModelError(result.Fault.Field is "domains" ? "Input.Domains" : "Input.Name", result.Fault.Detail);
            return;
        }
        Made = result.Value;
    }
}

/// <summary>What was typed.</summary>
internal sealed class NewSmtpInput
{
    public string? Name { get; set; }

    /// <summary>Empty: all of the tenant's.</summary>
    public string? Domains { get; set; }

    /// <summary>Empty: from anywhere.</summary>
    public string? Networks { get; set; }

    /// <summary>Null: it does not expire.</summary>
    public int? ExpiresDays { get; set; }
}
