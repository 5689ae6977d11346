using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Modular.Tenancy.Invitations;
using Modular.Tenancy.Policies;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Pages.Tenancy;

[AllowAnonymous]
internal sealed class InvitationModel(InvitationBook book, PolicyBook policies, IStringLocalizer<Texts> texts) : PageModel
{
    [BindProperty]
    public string? Password { get; set; }

    /// <summary>Null when the link is not good.</summary>
    public Invitation? Invitation { get; private set; }

    public bool IsDone { get; private set; }

    public int Shortest { get; private set; }

    public async Task OnGetAsync(string token, CancellationToken ct)
    {
        Response.Headers["Referrer-Policy"] = "no-referrer";
        Invitation = await book.FindAsync(token, ct);
        if (Invitation is not null) Shortest = (await policies.FindAsync(Invitation.Tenant.Id, ct)).Password.Shortest;
    }

    public async Task<IActionResult> OnPostAsync(string token, CancellationToken ct)
    {
        await OnGetAsync(token, ct);
        if (Invitation is null) return Page();
        if (!Origin.MaySendSecrets(HttpContext)) ModelState.AddModelError("", texts["InClear"]);
        else if (await book.AcceptAsync(token, Password, ct) is not { } fault) IsDone = true;
        else if (fault is LinkNotGood) Invitation = null;
        else ModelState.AddModelError(fault.Field is "password" ? nameof(Password) : "", fault.Detail);
        return Page();
    }
}
