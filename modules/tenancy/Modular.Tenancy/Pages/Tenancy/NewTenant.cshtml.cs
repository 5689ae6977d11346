using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.InstallationManage), NeedsStepUp]
internal sealed class NewTenantModel(TenantCreation creation) : PageModel
{
    [BindProperty]
    public NewTenantInput Input { get; set; } = new();

    /// <summary>Shown on the answer to the form, and never again.</summary>
    public CreatedTenant? Made { get; private set; }

    public async Task OnPostAsync(CancellationToken ct)
    {
        if (!ModelState.IsValid) return;
        if (!EmailAddress.TryParse(Input.Owner?.Trim() ?? "", out var owner, out var reason))
        {
            ModelState.AddModelError("Input.Owner", reason);
            return;
        }
        var made = await creation.CreateAsync(Input.Slug?.Trim() ?? "", Input.Name?.Trim() ?? "", owner, null, HttpContext.Caller.Actor, ct);
        if (made.IsOk) Made = made.Value;
        else ModelState.AddModelError(made.Fault is BadName ? "Input.Name" : "Input.Slug", made.Fault.Detail);
    }
}

/// <summary>What was typed.</summary>
internal sealed class NewTenantInput
{
    public string? Slug { get; set; }

    public string? Name { get; set; }

    public string? Owner { get; set; }
}
