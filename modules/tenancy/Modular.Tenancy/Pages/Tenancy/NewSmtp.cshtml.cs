using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Kernel.Web;
using Modular.Tenancy.ApiKeys;
using Modular.Tenancy.SmtpCredentials;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.KeysManage), NeedsStepUp]
internal sealed class NewSmtpModel(SmtpRegister register, Deeds deeds, TimeProvider time) : PageModel
{
    [BindProperty]
    public NewSmtpInput Input { get; set; } = new();

    /// <summary>Shown on the answer to the form, and never again.</summary>
    public NewSmtpCredential? Made { get; private set; }

    public async Task OnPostAsync(CancellationToken ct)
    {
        if (!ModelState.IsValid) return;
        if (!NetworkList.TryParse(Input.Networks, out var networks, out var badNetwork))
        {
            ModelState.AddModelError("Input.Networks", badNetwork);
            return;
        }
        if (!DomainNames.TryParse(Input.Domains, out var domains, out var badDomain))
        {
            ModelState.AddModelError("Input.Domains", badDomain.Detail);
            return;
        }
        var expiresAt = Expiry.After(Input.ExpiresDays, time.GetUtcNow());
        if (!expiresAt.IsOk)
        {
            ModelState.AddModelError("Input.ExpiresDays", expiresAt.Fault.Detail);
            return;
        }
        var caller = HttpContext.Caller;
        var draft = new SmtpDraft(Input.Name?.Trim() ?? "", domains, networks, expiresAt.Value);
        var result = await register.CreateAsync(caller.Tenant, draft, ct);
        if (!result.IsOk)
        {
            ModelState.AddModelError("Input.Name", result.Fault.Detail);
            return;
        }
        Made = result.Value;
        await deeds.RecordAsync(caller.Tenant, SmtpDeeds.Created(caller.Actor, draft), ct);
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
