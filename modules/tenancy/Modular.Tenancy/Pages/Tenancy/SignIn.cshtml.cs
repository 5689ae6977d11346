using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Modular.Kernel.Web;
using Modular.Tenancy.Factors;
using Modular.Tenancy.Sessions;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Pages.Tenancy;

[AllowAnonymous]
internal sealed class SignInModel(PasswordCheck passwords, KnownDevice devices, Entrance entrance, SecondStep step, Passkeys passkeys, Operators operators, IStringLocalizer<Texts> texts) : PageModel
{
    [BindProperty]
    public SignInInput Input { get; set; } = new();

    /// <summary>The page that was asked for before; only a local address is gone to.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Return { get; set; }

    /// <summary>A second step took too long, or was answered wrongly too often.</summary>
    [BindProperty(SupportsGet = true)]
    public bool Over { get; set; }

    public bool Passkeys => passkeys.ArePossible;

    public IActionResult OnGet() => HttpContext.FindCaller() is null ? Page() : Onward();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!Origin.MaySendSecrets(HttpContext)) return Refuse("InClear");
        var verdict = await passwords.CheckAsync(Input.Address ?? "", Input.Password ?? "", account => Origin.Of(HttpContext, devices.Find(HttpContext, account.UserId)), ct);
        switch (verdict)
        {
            case PasswordVerdict.TooMany(var wait):
                Response.StatusCode = StatusCodes.Status429TooManyRequests;
                Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
                return Refuse("TooMany", Math.Max(1, (int)Math.Ceiling(wait.TotalMinutes)));
            case PasswordVerdict.Right(var account):
                var (tenant, isTurnedAway) = await entrance.FirstTenantAsync(account.UserId, HttpContext.Client.Address, ct);
                if (tenant is null && !await operators.IsOneAsync(account.UserId, ct)) return Refuse(isTurnedAway ? "WrongPassword" : "NoTenant");   // from a wrong place nobody learns that the password is right
                return await step.AfterPasswordAsync(HttpContext, account, tenant, Return, ct) is { } factor ? Redirect(factor) : Onward();
            default:
                return Refuse("WrongPassword");
        }
    }

    private LocalRedirectResult Onward() => LocalRedirect(Url.IsLocalUrl(Return) ? Return : "/");

    private PageResult Refuse(string text, params object[] args)
    {
        Input.Password = null;
        ModelState.Remove("Input.Password");
        ModelState.AddModelError("", texts[text, args]);
        return Page();
    }
}

/// <summary>What was typed.</summary>
internal sealed class SignInInput
{
    public string? Address { get; set; }

    public string? Password { get; set; }
}
