using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Modular.Host.Pages;

/// <summary>What a person sees instead of a bare status. Generic on purpose: the log is exact.</summary>
[AllowAnonymous]
[IgnoreAntiforgeryToken]
[ResponseCache(NoStore = true, Location = ResponseCacheLocation.None)]
internal sealed class ErrorModel : PageModel
{
    [FromRoute]
    public int Status { get; set; }

    public string Heading => Status switch
    {
        403 => "Your role may not do this",
        404 => "There is no such page",
        429 => "Too many tries",
        >= 500 => "Something went wrong on our side",
        _ => "This request could not be taken",
    };

    public string Advice => Status switch
    {
        403 when HttpContext.RefusedBecause is { } reason => reason,
        403 => "Ask an administrator of your tenant for the right that this page needs.",
        404 => "It was moved or deleted, or the address has a typing error.",
        429 => "Wait a minute, then try again.",
        >= 500 => "Nothing of what you sent was kept half done. Try again; if it stays, the operator finds the reason in the log.",
        _ => "Go back and try again.",
    };
}
