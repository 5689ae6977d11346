using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.OwnAccount;

namespace Modular.Tenancy.Pages.Tenancy;

[ForEveryoneSignedIn, NeedsStepUp]
internal sealed class AccountAddressModel(AddressChange change) : PageModel
{
    [BindProperty]
    public string? Address { get; set; }

    public bool WasAsked { get; private set; }

    public async Task OnPostAsync(CancellationToken ct)
    {
        if (await change.AskAsync(HttpContext.Caller, Address ?? "", ct) is { } fault) ModelState.AddModelError(nameof(Address), fault.Detail);
        else WasAsked = true;
    }
}
