using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.SignIn;

namespace Modular.Tenancy.Pages.Tenancy;

/// <summary>Signs out by POST alone: a link or a picture on another site cannot.</summary>
[AllowAnonymous]
internal sealed class SignOutModel : PageModel
{
    public RedirectResult OnGet() => Redirect("/");

    public async Task<RedirectResult> OnPostAsync()
    {
        await HttpContext.SignOutAsync(ConsoleCookie.Scheme);
        return Redirect("/sign-in");
    }
}
