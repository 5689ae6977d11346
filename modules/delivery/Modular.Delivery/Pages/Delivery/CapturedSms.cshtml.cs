using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Delivery.Capture;

namespace Modular.Delivery.Pages.Delivery;

/// <summary>Codes that open accounts are among them.</summary>
[NeedsPermission(Permissions.DeliveryRead), NeedsPermission(Permissions.SecurityManage), NeedsNoLimit(LimitKinds.Any)]
internal sealed class CapturedSmsModel(CapturedSms kept) : PageModel
{
    public IReadOnlyList<KeptSms> Messages { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct) => Messages = await kept.ListAsync(HttpContext.Caller.Tenant, ct);
}
