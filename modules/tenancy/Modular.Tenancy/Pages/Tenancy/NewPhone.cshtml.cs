using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Modular.Tenancy.Factors;
using Modular.Tenancy.Sms;

namespace Modular.Tenancy.Pages.Tenancy;

/// <summary>A phone becomes a factor once a code that was sent to it has come back.</summary>
[ForEveryoneSignedIn, NeedsStepUp]
internal sealed class NewPhoneModel(Challenges challenges, SmsCodes sms, OwnFactors own, IStringLocalizer<FactorTexts> texts) : PageModel
{
    private const string Purpose = "add-phone";

    [BindProperty]
    public string? Number { get; set; }

    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    public string? SentTo { get; private set; }

    public RecoveryCodeList? Codes { get; private set; }

    private long Session => HttpContext.Caller.SessionId ?? 0;

    public async Task<IActionResult> OnPostSendAsync(CancellationToken ct)
    {
        var caller = HttpContext.Caller;
        if (!PhoneNumber.TryParse(Number, out var number)) return Refuse(nameof(Number), new PhoneNumberBad().Detail);
        if (caller.OwnTenant is not { } tenant) return Refuse("", new SmsNotSetUp().Detail);
        await challenges.OpenAsync(Purpose, Session, caller.PersonId, new ChallengeState(), ct);
        if (await challenges.FindAsync(Purpose, Session, ct) is not { } challenge) return Redirect("/account/factors/new-phone");
        if (await sms.SendAsync(challenge, tenant, number, null, ct) is { } fault) return Refuse(fault.Field is null ? "" : nameof(Number), fault is SmsNotSent ? texts["SmsNotSent"] : fault.Detail);
        SentTo = number.Masked;
        Name = texts["PhoneDefaultName", number.Masked];
        ModelState.Clear();
        return Page();
    }

    public async Task<IActionResult> OnPostCodeAsync(CancellationToken ct)
    {
        if (await challenges.FindAsync(Purpose, Session, ct) is not { State: { SmsCode: { } sent, SmsNumber: { } to } } challenge || !PhoneNumber.TryParse(to, out var number) || !await challenges.TryAsync(challenge, ct)) return Redirect("/account/factors/new-phone");
        SentTo = number.Masked;
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sent), Encoding.UTF8.GetBytes(Code?.Trim() ?? ""))) return Refuse(nameof(Code), texts["CodeWrong"]);
        if (string.IsNullOrWhiteSpace(Name) || Name.Trim().Length > FactorBook.LongestName) return Refuse(nameof(Name), new FactorNameBad().Detail);
        if (!await challenges.CloseAsync(challenge, ct)) return Redirect("/account/factors");
        var added = await own.AddAsync(HttpContext.Caller, FactorKinds.Sms, Name, Encoding.UTF8.GetBytes(number.Text), null, 0, ct);
        if (!added.IsOk) return Refuse("", added.Fault.Detail);
        if (added.Value.RecoveryCodes.Count == 0) return Redirect("/account/factors");
        Codes = new RecoveryCodeList(added.Value.RecoveryCodes, "/account/factors");
        return Page();
    }

    private PageResult Refuse(string field, string words)
    {
        ModelState.Remove(nameof(Code));
        ModelState.AddModelError(field, words);
        return Page();
    }
}
