using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Modular.Tenancy.Policies;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Pages.Tenancy;

/// <summary>The link in a reset mail. Looking at it uses nothing up, because mail scanners look too; the form does.</summary>
[AllowAnonymous]
internal sealed class ResetPasswordModel(PasswordReset reset, OneUseTokens tokens, PolicyBook policies, IStringLocalizer<Texts> texts) : PageModel
{
    [BindProperty]
    public string? Password { get; set; }

    public bool IsGood { get; private set; }

    public bool IsDone { get; private set; }

    public int Shortest { get; private set; }

    public async Task OnGetAsync(string token, CancellationToken ct)
    {
        Response.Headers["Referrer-Policy"] = "no-referrer";   // the address is the secret
        if (await tokens.LookAsync(OneUseTokens.PasswordReset, token, ct) is not { UserId: var userId }) return;
        IsGood = true;
        Shortest = (await policies.OfPersonAsync(userId, ct)).Password.Shortest;
    }

    public async Task<IActionResult> OnPostAsync(string token, CancellationToken ct)
    {
        await OnGetAsync(token, ct);
        if (!IsGood) return Page();
        if (!Origin.MaySendSecrets(HttpContext)) ModelState.AddModelError("", texts["InClear"]);
        else if (await reset.RedeemAsync(token, Password ?? "", ct) is not { } fault) IsDone = true;
        else if (fault is LinkNotGood) IsGood = false;
        else ModelState.AddModelError(nameof(Password), fault.Detail);
        return Page();
    }
}
