using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Delivery.Capture;

namespace Modular.Delivery.Pages.Delivery;

[NeedsPermission(Permissions.DeliveryRead), NeedsNoLimit(LimitKinds.Any)]
internal sealed class CapturedModel(CapturedMails mails) : PageModel
{
    private const int Size = 50;

    [BindProperty(SupportsGet = true)]
    public string? Recipient { get; set; }

    [BindProperty(SupportsGet = true)]
    public long? Cursor { get; set; }

    public IReadOnlyList<CapturedJson> Mails { get; private set; } = [];

    public bool MaySeeSms => HttpContext.Caller.May(Permissions.SecurityManage);

    public string? Next { get; private set; }

    public void OnGet()
    {
        var recipient = string.IsNullOrWhiteSpace(Recipient) ? null : Recipient;
        Mails = [.. mails.List(HttpContext.Caller, recipient, null, Cursor, Size).Select(CapturedJson.Of)];
        Next = Mails.Count < Size ? null : Mails[^1].Id.ToString(CultureInfo.InvariantCulture);
    }
}
