using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Modular.Tenancy.Factors;
using Modular.Tenancy.SignIn;

namespace Modular.Tenancy.Pages.Tenancy;

/// <summary>Between the password and the session: the page for the factor.</summary>
[AllowAnonymous]
internal sealed class SignInFactorModel(SecondStep step, FactorDialogue dialogue, FactorCheck check, KnownDevice devices, IStringLocalizer<FactorTexts> texts) : PageModel
{
    private PendingSignIn? _pending;

    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public string? Credential { get; set; }

    [BindProperty]
    public long Phone { get; set; }

    public FactorChoices Choices { get; private set; } = new(false, [], false, null);

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await IsPendingAsync(ct) ? await ShowAsync(ct) : Redirect("/sign-in");

    public async Task<IActionResult> OnPostCodeAsync(CancellationToken ct)
    {
        if (!await IsPendingAsync(ct)) return Redirect("/sign-in?over=true");
        var verdict = await check.CheckAsync(_pending!.Challenge, _pending.Account, _pending.Tenant, Origin.Of(HttpContext, devices.Find(HttpContext, _pending.Account.UserId)), Code ?? "", ct);
        switch (verdict)
        {
            case FactorVerdict.Right(var by):
                await step.EnterAsync(HttpContext, _pending, by, ct);
                await check.RecordAsync(_pending.Account, _pending.Tenant, by, ct);
                return Onward();
            case FactorVerdict.Over:
                return Redirect("/sign-in?over=true");
            default:
                return await RefuseAsync(verdict, ct);
        }
    }

    public async Task<IActionResult> OnPostSmsAsync(CancellationToken ct)
    {
        if (!await IsPendingAsync(ct)) return Redirect("/sign-in?over=true");
        if (await dialogue.SendCodeAsync(_pending!.Challenge, _pending.Account.UserId, _pending.Tenant, Phone, ct) is { } fault) ModelState.AddModelError("", fault is Sms.SmsNotSent ? texts["SmsNotSent"] : fault.Detail);
        await IsPendingAsync(ct);
        return await ShowAsync(ct);
    }

    public async Task<IActionResult> OnPostPasskeyOptionsAsync(CancellationToken ct) => await IsPendingAsync(ct)
        ? Content(await dialogue.AskPasskeyAsync(HttpContext, _pending!.Challenge, _pending.Account.UserId, ct), "application/json")
        : NotFound();

    public async Task<IActionResult> OnPostPasskeyAsync(CancellationToken ct)
    {
        if (!await IsPendingAsync(ct)) return Redirect("/sign-in?over=true");
        if (await dialogue.CheckPasskeyAsync(HttpContext, _pending!.Challenge, _pending.Account, Credential, ct))
        {
            await step.EnterAsync(HttpContext, _pending, FactorKinds.Passkey, ct);
            return Onward();
        }
        ModelState.AddModelError("", texts["PasskeyWrong"]);
        return await ShowAsync(ct);
    }

    private async Task<bool> IsPendingAsync(CancellationToken ct) => (_pending = await step.FindAsync(HttpContext, ct)) is not null && Origin.MaySendSecrets(HttpContext);

    private async Task<IActionResult> ShowAsync(CancellationToken ct)
    {
        Choices = await dialogue.ChoicesAsync(_pending!.Account.UserId, _pending.Tenant, _pending.Challenge, ct);
        return Page();
    }

    private async Task<IActionResult> RefuseAsync(FactorVerdict verdict, CancellationToken ct)
    {
        if (verdict is FactorVerdict.TooMany) Response.StatusCode = StatusCodes.Status429TooManyRequests;
        ModelState.Remove(nameof(Code));
        ModelState.AddModelError(nameof(Code), FactorWords.Of(verdict, texts));
        return await ShowAsync(ct);
    }

    private LocalRedirectResult Onward() => LocalRedirect(Url.IsLocalUrl(_pending!.Challenge.State.Return) ? _pending.Challenge.State.Return : "/");
}

/// <summary>A refusal in words.</summary>
internal static class FactorWords
{
    public static string Of(FactorVerdict verdict, IStringLocalizer<FactorTexts> texts) => verdict switch
    {
        FactorVerdict.TooMany(var wait) => texts["TooManyCodes", Math.Max(1, (int)Math.Ceiling(wait.TotalMinutes))],
        FactorVerdict.Used => texts["CodeUsed"],
        FactorVerdict.Over => texts["CodeOver"],
        _ => texts["CodeWrong"],
    };
}
