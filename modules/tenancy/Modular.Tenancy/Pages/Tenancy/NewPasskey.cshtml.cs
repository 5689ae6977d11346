using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Modular.Tenancy.Factors;

namespace Modular.Tenancy.Pages.Tenancy;

[ForEveryoneSignedIn, NeedsStepUp]
internal sealed class NewPasskeyModel(Challenges challenges, Passkeys passkeys, OwnFactors own, IStringLocalizer<FactorTexts> texts) : PageModel
{
    private const string Purpose = "add-passkey";

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Credential { get; set; }

    public RecoveryCodeList? Codes { get; private set; }

    private long Session => HttpContext.Caller.SessionId ?? 0;

    public void OnGet() => Name = texts["PasskeyDefaultName"];

    public async Task<IActionResult> OnPostOptionsAsync(CancellationToken ct)
    {
        if (!passkeys.ArePossible) return NotFound();
        var caller = HttpContext.Caller;
        var (options, state) = await passkeys.AskForNewAsync(HttpContext, caller.PersonId, OwnFactors.AddressOf(caller));
        await challenges.OpenAsync(Purpose, Session, caller.PersonId, new ChallengeState { PasskeyState = state }, ct);
        return Content(options, "application/json");
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var caller = HttpContext.Caller;
        if (string.IsNullOrWhiteSpace(Name) || Name.Trim().Length > FactorBook.LongestName) return Refuse(nameof(Name), new FactorNameBad().Detail);
        if (await challenges.FindAsync(Purpose, Session, ct) is not { State.PasskeyState: { } state } challenge || !await challenges.CloseAsync(challenge, ct)
            || Credential is not { Length: > 0 and < 20_000 } || await passkeys.TakeNewAsync(HttpContext, caller.PersonId, state, Credential) is not (var id, var secret)) return Refuse("", texts["PasskeyNotMade"]);
        var added = await own.AddAsync(caller, FactorKinds.Passkey, Name, secret, id, 0, ct);
        if (!added.IsOk) return Refuse("", added.Fault.Detail);
        if (added.Value.RecoveryCodes.Count == 0) return Redirect("/account/factors");
        Codes = new RecoveryCodeList(added.Value.RecoveryCodes, "/account/factors");
        return Page();
    }

    private PageResult Refuse(string field, string words)
    {
        ModelState.Remove(nameof(Credential));
        ModelState.AddModelError(field, words);
        return Page();
    }
}
