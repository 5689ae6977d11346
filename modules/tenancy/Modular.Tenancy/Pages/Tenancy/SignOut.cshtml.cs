using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.Sessions;

namespace Modular.Tenancy.Pages.Tenancy;

/// <summary>Signs out by POST alone: a link or a picture on another site cannot.</summary>
[AllowAnonymous]
internal sealed class SignOutModel(Entrance entrance) : PageModel
{
    public RedirectResult OnGet() => Redirect("/");

    public async Task<RedirectResult> OnPostAsync(CancellationToken ct)
    {
        await entrance.LeaveAsync(HttpContext, ct);
        return Redirect("/sign-in");
    }
}
