using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Modular.Kernel.Auditing;
using Modular.Tenancy.Factors;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Pages.Tenancy;

/// <summary>Between the password and the session, for those who must have a factor and have none: an app is added here.</summary>
[AllowAnonymous]
internal sealed class SignInNewFactorModel(SecondStep step, Challenges challenges, FactorBook book, FactorGate gate, Accounts accounts, Deeds deeds, HostFacts host, TimeProvider time, IStringLocalizer<FactorTexts> texts) : PageModel
{
    private PendingSignIn? _pending;

    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    public RecoveryCodeList? Codes { get; private set; }

    /// <summary>Made before the page is shown.</summary>
    public NewAppForm Form { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        Name = texts["AppDefaultName"];
        return await IsPendingAsync(ct) ? Show() : Redirect("/sign-in");
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!await IsPendingAsync(ct)) return Redirect("/sign-in?over=true");
        var (account, challenge) = (_pending!.Account, _pending.Challenge);
        if (!await challenges.TryAsync(challenge, ct)) return Redirect("/sign-in?over=true");
        if (Totp.StepOf(challenge.State.TotpKey!, Code?.Replace(" ", "", StringComparison.Ordinal) ?? "", time.GetUtcNow()) is not { } used) return Refuse(nameof(Code), texts["CodeWrong"]);
        if ((await book.ListAsync(account.UserId, ct)).Count > 0 || !await challenges.CloseAsync(challenge, ct)) return Redirect("/sign-in?over=true");   // who has one by now shows it

        var added = await book.AddAsync(account.UserId, FactorKinds.Totp, string.IsNullOrWhiteSpace(Name) || Name.Length > FactorBook.LongestName ? texts["AppDefaultName"] : Name, challenge.State.TotpKey!, null, used, ct);
        if (!added.IsOk) return Redirect("/sign-in?over=true");
        gate.Forget(account.UserId);
        await deeds.RecordAsync(_pending.Tenant, new AuditEntry("user:" + accounts.OpenName(account.UserId, account.NameSealed), "factor.added", $"user/{account.UserId}", FactorKinds.Totp), ct);
        await step.EnterAsync(HttpContext, _pending, FactorKinds.Totp, ct);
        Codes = new RecoveryCodeList(added.Value.RecoveryCodes, Url.IsLocalUrl(challenge.State.Return) ? challenge.State.Return : "/");
        return Page();
    }

    private async Task<bool> IsPendingAsync(CancellationToken ct) =>
        (_pending = await step.FindAsync(HttpContext, ct)) is { Challenge.State.TotpKey: not null } && Origin.MaySendSecrets(HttpContext);

    private PageResult Show()
    {
        var account = _pending!.Account;
        Form = NewAppForm.Of(_pending.Challenge.State.TotpKey!, host, accounts.OpenName(account.UserId, account.NameSealed), Name);
        return Page();
    }

    private PageResult Refuse(string field, string words)
    {
        ModelState.Remove(field);
        ModelState.AddModelError(field, words);
        return Show();
    }
}
