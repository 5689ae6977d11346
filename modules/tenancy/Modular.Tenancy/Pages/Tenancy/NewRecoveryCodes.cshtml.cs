using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.Factors;

namespace Modular.Tenancy.Pages.Tenancy;

[ForEveryoneSignedIn, NeedsStepUp]
internal sealed class NewRecoveryCodesModel(FactorBook book, OwnFactors own) : PageModel
{
    public RecoveryCodeList? Codes { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await HasFactorsAsync(ct) ? Page() : Redirect("/account/factors");

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!await HasFactorsAsync(ct)) return Redirect("/account/factors");   // they stand in for factors, and are none of their own
        Codes = new RecoveryCodeList(await own.RenewCodesAsync(HttpContext.Caller, ct), "/account/factors");
        return Page();
    }

    private async Task<bool> HasFactorsAsync(CancellationToken ct) => (await book.ListAsync(HttpContext.Caller.PersonId, ct)).Count > 0;
}
