using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Modular.Tenancy.Sessions;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Pages.Tenancy;

/// <summary>A fresh proof before something grave. The password is one for those who have no other factor.</summary>
[ForEveryoneSignedIn]
internal sealed class StepUpModel(PasswordCheck passwords, Accounts accounts, KnownDevice devices, Entrance entrance, IStringLocalizer<Texts> texts) : PageModel
{
    [BindProperty]
    public string? Password { get; set; }

    /// <summary>The page that asked for it; only a local address is gone to.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Return { get; set; }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!Origin.MaySendSecrets(HttpContext)) return Refuse("InClear");
        if (HttpContext.Caller.UserId is not { } userId || await accounts.FindAsync(userId, ct) is not { } account) return Forbid();
        var verdict = await passwords.CheckAsync(accounts.OpenName(userId, account.NameSealed), Password ?? "", _ => Origin.Of(HttpContext, devices.Find(HttpContext, userId)), ct);
        switch (verdict)
        {
            case PasswordVerdict.TooMany(var wait):
                Response.StatusCode = StatusCodes.Status429TooManyRequests;
                return Refuse("TooMany", Math.Max(1, (int)Math.Ceiling(wait.TotalMinutes)));
            case PasswordVerdict.Right:
                await entrance.ProveAgainAsync(HttpContext, "password", ct);
                return LocalRedirect(Url.IsLocalUrl(Return) ? Return : "/");
            default:
                return Refuse("WrongPasswordHere");
        }
    }

    private PageResult Refuse(string text, params object[] args)
    {
        Password = null;
        ModelState.Remove(nameof(Password));
        ModelState.AddModelError(nameof(Password), texts[text, args]);
        return Page();
    }
}
