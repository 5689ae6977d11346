using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;
using Modular.Campaigns.Tracking;
using Modular.Kernel.Web;
using Modular.Tenancy;
using Modular.Web.Kit;

namespace Modular.Campaigns.Pages.Campaigns.Public;

/// <summary>What a recipient's pages share: the signed link says who it is, the tenant gives the name above, and nothing is stored in the browser.</summary>
[ForRecipients]
internal abstract class PublicPage : PageModel
{
    protected LinkToken Token { get; private set; }

    /// <returns>Null when the link is good; otherwise the answer to give.</returns>
    protected async Task<IActionResult?> ReadAsync(string token, LinkKind kind, CancellationToken ct)
    {
        var services = HttpContext.RequestServices;
        Response.Headers.CacheControl = "no-store, private";
        Response.Headers["Referrer-Policy"] = "no-referrer";
        if (!LinkToken.TryRead(services.GetRequiredService<ISealer>(), token, kind, out var read)) return NotFound();
        Token = read;
        var tenant = await services.GetRequiredService<ITenants>().FindAsync(read.Tenant, ct);
        ViewData["Brand"] = new PublicBrand(tenant?.Name ?? "");
        return null;
    }

    protected async Task<bool> UnsubscribeAsync(string source, CancellationToken ct) =>
        await HttpContext.RequestServices.GetRequiredService<Unsubscribing>().UnsubscribeAsync(Token, source, ct);

    /// <summary>The form's fields, urlencoded or multipart; empty when the body is neither or too large to be a button's.</summary>
    protected async Task<IFormCollection> FormAsync(CancellationToken ct)
    {
        const int LargestBytes = 16 * 1024;
        if (!Request.HasFormContentType || Request.ContentLength > LargestBytes) return FormCollection.Empty;
        try
        {
            return await Request.ReadFormAsync(new Microsoft.AspNetCore.Http.Features.FormOptions { ValueCountLimit = 10, MultipartBodyLengthLimit = LargestBytes, BufferBodyLengthLimit = LargestBytes }, ct);
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException)
        {
            return FormCollection.Empty;
        }
    }
}
