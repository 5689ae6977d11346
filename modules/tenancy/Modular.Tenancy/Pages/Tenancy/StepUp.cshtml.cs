using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Modular.Tenancy.Factors;
using Modular.Tenancy.Sessions;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Pages.Tenancy;

/// <summary>A fresh proof before something grave: a factor of those who have one, the password of the others.</summary>
[ForEveryoneSignedIn, OpenOnDetour]
internal sealed class StepUpModel(PasswordCheck passwords, Accounts accounts, KnownDevice devices, Entrance entrance, FactorStepUp factors, IStringLocalizer<Texts> texts, IStringLocalizer<FactorTexts> words) : PageModel
{
    private Account? _account;

    [BindProperty]
    public string? Password { get; set; }

    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public string? Credential { get; set; }

    [BindProperty]
    public long Phone { get; set; }

    /// <summary>The page that asked for it; only a local address is gone to.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Return { get; set; }

    /// <summary>Null: the password is asked for.</summary>
    public FactorChoices? Choices { get; private set; }

    private Account Account => _account!;   // read before each handler goes on

    private Origin From => Origin.Of(HttpContext, devices.Find(HttpContext, Account.UserId));

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await ReadAsync(ct) ? Page() : Forbid();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!Origin.MaySendSecrets(HttpContext)) return Refuse(nameof(Password), texts["InClear"]);
        if (!await ReadAsync(ct)) return Forbid();
        if (Choices is not null) return Refuse("", words["StepUpFactor"]);
        var verdict = await passwords.CheckAsync(accounts.OpenName(Account.UserId, Account.NameSealed), Password ?? "", _ => From, ct);
        switch (verdict)
        {
            case PasswordVerdict.TooMany(var wait):
                Response.StatusCode = StatusCodes.Status429TooManyRequests;
                return Refuse(nameof(Password), texts["TooMany", Math.Max(1, (int)Math.Ceiling(wait.TotalMinutes))]);
            case PasswordVerdict.Right:
                return await OnwardAsync(FactorKinds.Password, ct);
            default:
                return Refuse(nameof(Password), texts["WrongPasswordHere"]);
        }
    }

    public async Task<IActionResult> OnPostCodeAsync(CancellationToken ct)
    {
        if (!await ReadAsync(ct)) return Forbid();
        var verdict = await factors.CheckAsync(HttpContext.Caller, Account, From, Code ?? "", ct);
        if (verdict is FactorVerdict.Right(var by)) return await OnwardAsync(by, ct);
        if (verdict is FactorVerdict.TooMany) Response.StatusCode = StatusCodes.Status429TooManyRequests;
        return Refuse(nameof(Code), FactorWords.Of(verdict, words));
    }

    public async Task<IActionResult> OnPostSmsAsync(CancellationToken ct)
    {
        if (!await ReadAsync(ct)) return Forbid();
        if (await factors.SendCodeAsync(HttpContext.Caller, Phone, ct) is { } fault) return Refuse("", fault is Sms.SmsNotSent ? words["SmsNotSent"] : fault.Detail);
        await ReadAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostPasskeyOptionsAsync(CancellationToken ct) =>
        await ReadAsync(ct) ? Content(await factors.AskPasskeyAsync(HttpContext, ct), "application/json") : Forbid();

    public async Task<IActionResult> OnPostPasskeyAsync(CancellationToken ct)
    {
        if (!await ReadAsync(ct)) return Forbid();
        return await factors.CheckPasskeyAsync(HttpContext, Account, Credential, ct) ? await OnwardAsync(FactorKinds.Passkey, ct) : Refuse("", words["PasskeyWrong"]);
    }

    private async Task<bool> ReadAsync(CancellationToken ct)
    {
        if (HttpContext.Caller is not { UserId: { } userId, SessionId: not null } caller || (_account = await accounts.FindAsync(userId, ct)) is null) return false;
        Choices = await factors.ChoicesAsync(caller, ct);
        return true;
    }

    private async Task<IActionResult> OnwardAsync(string by, CancellationToken ct)
    {
        await entrance.ProveAgainAsync(HttpContext, by, ct);
        return LocalRedirect(Url.IsLocalUrl(Return) ? Return : "/");
    }

    private PageResult Refuse(string field, string words)
    {
        (Password, Code) = (null, null);
        ModelState.Remove(nameof(Password));
        ModelState.Remove(nameof(Code));
        ModelState.AddModelError(field, words);
        return Page();
    }
}
