using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Delivery.Capture;
using Modular.Mail.Mime;

namespace Modular.Delivery.Pages.Delivery;

[NeedsPermission(Permissions.DeliveryRead), NeedsNoLimit(LimitKinds.Any)]
internal sealed class CapturedMailModel(CapturedMails mails) : PageModel
{
    /// <summary>A stranger's HTML on our address: shown, never run, kept away from our cookies and pages, and without pictures, whose fetching would count as an opening.</summary>
    private const string Sandbox = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'";

    private CapturedMail? _mail;

    /// <summary>Read before the page is shown.</summary>
    public CapturedJson Shown { get; private set; } = null!;

    public string Header { get; private set; } = "";

    public long? RecipientId { get; private set; }

    public string State => "To " + Shown.To;

    public IActionResult OnGet(long number)
    {
        if (!TryFind(number)) return NotFound();
        Shown = CapturedJson.Of(_mail!);
        Header = Encoding.Latin1.GetString(CapturedMails.HeadersOf(_mail!).Raw.Span);
        RecipientId = _mail!.Record.RecipientId is var id and not 0 ? id : null;
        Response.Headers.ContentSecurityPolicy = Response.Headers.ContentSecurityPolicy + "; frame-src 'self'";
        return Page();
    }

    public IActionResult OnGetRaw(long number) => TryFind(number) ? File(_mail!.Content.ToArray(), "text/plain; charset=iso-8859-1") : NotFound();

    public IActionResult OnGetHtml(long number)
    {
        if (!TryFind(number)) return NotFound();
        var leaves = MimeMessage.Parse(_mail!.Content).Body.Leaves().ToList();
        var html = leaves.Find(part => part.ContentType.Is("text", "html"))?.DecodeText()
            ?? "<pre>" + System.Net.WebUtility.HtmlEncode(leaves.Find(part => part.IsText)?.DecodeText() ?? "") + "</pre>";
        Response.Headers.ContentSecurityPolicy = Sandbox;
        Response.Headers.XFrameOptions = "SAMEORIGIN";
        Response.Headers["Referrer-Policy"] = "no-referrer";
        return Content(html, "text/html; charset=utf-8", Encoding.UTF8);
    }

    private bool TryFind(long number) => (_mail = mails.Find(HttpContext.Caller, number)) is not null;
}
