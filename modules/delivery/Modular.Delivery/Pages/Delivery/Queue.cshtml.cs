using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Delivery.Messages;
using Modular.Web.Kit;

namespace Modular.Delivery.Pages.Delivery;

[NeedsPermission(Permissions.DeliveryRead), NeedsNoLimit(LimitKinds.Any)]
internal sealed class QueueModel(QueueSummary summary) : PageModel
{
    private QueueFigures? _figures;

    /// <summary>Read before the page is shown.</summary>
    public QueueFigures Figures => _figures!;

    public string Sentence => Figures.Queued + Figures.Sending + Figures.Deferred is var waiting and > 0
        ? $"{Show.Count(waiting)} mails wait or are on their way."
        : "Nothing waits.";

    public async Task OnGetAsync(CancellationToken ct) => _figures = await summary.OfAsync(HttpContext.Caller.Tenant, ct);
}
