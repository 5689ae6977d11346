using System.Security.Cryptography;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Modular.Tenancy.Factors;
using Modular.Tenancy.Sessions;

namespace Modular.Tenancy.Pages.Tenancy;

[ForEveryoneSignedIn, NeedsStepUp, OpenOnDetour(SecondStep.AddInSessionPath)]
internal sealed class NewAppModel(Challenges challenges, OwnFactors own, Entrance entrance, HostFacts host, TimeProvider time, IStringLocalizer<FactorTexts> texts) : PageModel
{
    private const string Purpose = "add-app";

    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    /// <summary>The tenant asks for a factor, and they have none: nothing else is open to them.</summary>
    public bool IsOwed => HttpContext.Caller.Detour == SecondStep.AddInSessionPath;

    public RecoveryCodeList? Codes { get; private set; }

    /// <summary>Made before the page is shown.</summary>
    public NewAppForm Form { get; private set; } = null!;

    private long Session => HttpContext.Caller.SessionId ?? 0;

    public async Task OnGetAsync(CancellationToken ct)
    {
        Name = texts["AppDefaultName"];
        var key = RandomNumberGenerator.GetBytes(Totp.KeyBytes);
        await challenges.OpenAsync(Purpose, Session, HttpContext.Caller.PersonId, new ChallengeState { TotpKey = key }, ct);
        Show(key);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await challenges.FindAsync(Purpose, Session, ct) is not { State.TotpKey: { } key } challenge || !await challenges.TryAsync(challenge, ct)) return Redirect("/account/factors/new-app");
        if (Totp.StepOf(key, Code?.Replace(" ", "", StringComparison.Ordinal) ?? "", time.GetUtcNow()) is not { } used) return Refuse(nameof(Code), texts["CodeWrong"], key);
        if (string.IsNullOrWhiteSpace(Name) || Name.Trim().Length > FactorBook.LongestName) return Refuse(nameof(Name), new FactorNameBad().Detail, key);
        if (!await challenges.CloseAsync(challenge, ct)) return Redirect("/account/factors");
        var added = await own.AddAsync(HttpContext.Caller, FactorKinds.Totp, Name, key, null, used, ct);
        if (!added.IsOk) return Refuse("", added.Fault.Detail, key);
        if (added.Value.RecoveryCodes.Count == 0) return Redirect("/account/factors");
        await entrance.ProveAgainAsync(HttpContext, FactorKinds.Totp, ct);   // only with the first: with another one they would get around the one they have
        Codes = new RecoveryCodeList(added.Value.RecoveryCodes, "/account/factors");
        return Page();
    }

    private void Show(byte[] key) => Form = NewAppForm.Of(key, host, OwnFactors.AddressOf(HttpContext.Caller), Name);

    private PageResult Refuse(string field, string words, byte[] key)
    {
        ModelState.Remove(nameof(Code));
        ModelState.AddModelError(field, words);
        Show(key);
        return Page();
    }
}
