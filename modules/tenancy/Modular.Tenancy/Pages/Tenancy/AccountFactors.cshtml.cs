using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Modular.Tenancy.Factors;
using Modular.Tenancy.Sms;

namespace Modular.Tenancy.Pages.Tenancy;

[ForEveryoneSignedIn]
internal sealed class AccountFactorsModel(FactorBook book, RecoveryCodes recovery, Passkeys passkeys, SmsSender sms, IStringLocalizer<FactorTexts> texts) : PageModel
{
    public IReadOnlyList<Factor> Factors { get; private set; } = [];

    public int CodesLeft { get; private set; }

    public bool Passkeys => passkeys.ArePossible;

    public bool Sms { get; private set; }

    public string State => Factors.Count == 0 ? texts["FactorsNone"] : texts["FactorsState"];

    public async Task OnGetAsync(CancellationToken ct)
    {
        var caller = HttpContext.Caller;
        Factors = await book.ListAsync(caller.PersonId, ct);
        CodesLeft = await recovery.LeftAsync(caller.PersonId, ct);
        Sms = caller.OwnTenant is not null && await sms.IsPossibleAsync(ct);
    }
}

internal static class PersonOnCaller
{
    extension(Caller caller)
    {
        /// <summary>The person who has the page open; pages have no other callers.</summary>
        public long PersonId => caller.UserId ?? throw new InvalidOperationException("A page was opened by one who is no person.");
    }
}
