using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Modular.Kernel.Web;
using Modular.Tenancy.Factors;
using Modular.Tenancy.Sessions;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Pages.Tenancy;

/// <summary>A passkey alone signs in: its owner was verified at the device, so it is both factors.</summary>
[AllowAnonymous]
internal sealed class SignInPasskeyModel(PasskeySignIn passkeys, Entrance entrance, Accounts accounts, Operators operators, IStringLocalizer<FactorTexts> texts) : PageModel
{
    [BindProperty]
    public string? Credential { get; set; }

    /// <summary>The page that was asked for before; only a local address is gone to.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Return { get; set; }

    public IActionResult OnGet() => HttpContext.FindCaller() is null ? Page() : Onward();

    public async Task<IActionResult> OnPostOptionsAsync() =>
        passkeys.ArePossible && Origin.MaySendSecrets(HttpContext) ? Content(await passkeys.AskAsync(HttpContext), "application/json") : NotFound();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!Origin.MaySendSecrets(HttpContext) || await passkeys.CheckAsync(HttpContext, Credential, ct) is not { } userId || await accounts.FindAsync(userId, ct) is not { } account) return Refuse("PasskeyUnknown");
        var (tenant, isTurnedAway) = await entrance.FirstTenantAsync(userId, HttpContext.Client.Address, ct);
        if (tenant is null && !await operators.IsOneAsync(userId, ct)) return Refuse(isTurnedAway ? "PasskeyUnknown" : "NoTenant");   // from a wrong place nobody learns that it is right
        await entrance.EnterAsync(HttpContext, account, tenant, FactorKinds.Passkey, ct);
        return Onward();
    }

    private LocalRedirectResult Onward() => LocalRedirect(Url.IsLocalUrl(Return) ? Return : "/");

    private PageResult Refuse(string text)
    {
        ModelState.AddModelError("", texts[text]);
        return Page();
    }
}
