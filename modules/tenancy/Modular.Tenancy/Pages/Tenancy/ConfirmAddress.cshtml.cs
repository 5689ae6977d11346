using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.OwnAccount;
using Modular.Tenancy.Sessions;

namespace Modular.Tenancy.Pages.Tenancy;

/// <summary>The link in the mail to the new address. Looking at it uses nothing up; in any other account's session it is not good.</summary>
[ForEveryoneSignedIn, NeedsStepUp]
internal sealed class ConfirmAddressModel(AddressChange change, Entrance entrance) : PageModel
{
    /// <summary>Null: the link is not good.</summary>
    public string? Wanted { get; private set; }

    public async Task OnGetAsync(string token, CancellationToken ct)
    {
        Response.Headers["Referrer-Policy"] = "no-referrer";   // the address of the page is the secret
        Wanted = await change.LookAsync(HttpContext.Caller, token, ct);
    }

    public async Task<IActionResult> OnPostAsync(string token, CancellationToken ct)
    {
        if (await change.RedeemAsync(HttpContext.Caller, token, ct) is not null) return Page();
        await entrance.RenewAsync(HttpContext, ct);
        return Redirect("/account?changed=true");
    }
}
