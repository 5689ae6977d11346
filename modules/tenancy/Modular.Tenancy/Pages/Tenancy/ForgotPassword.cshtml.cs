using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.SignIn;

namespace Modular.Tenancy.Pages.Tenancy;

/// <summary>Everyone gets the same answer, at once, whether or not somebody signs in with the address.</summary>
[AllowAnonymous]
internal sealed class ForgotPasswordModel(PasswordReset reset) : PageModel
{
    [BindProperty]
    public string? Address { get; set; }

    public bool WasAsked { get; private set; }

    public void OnPost()
    {
        reset.Ask(Address?.Trim() ?? "", Origin.Of(HttpContext));
        WasAsked = true;
    }
}
