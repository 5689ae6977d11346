using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Modular.Delivery.Gateway;

namespace Modular.Delivery.Pages.Delivery;

[NeedsPermission(Permissions.DeliveryRead)]
internal sealed class GatewayModel(TenantDb db, SmtpPorts ports, IOptions<DeliverySettings> settings) : PageModel
{
    private const string Latest = "select received_at, kind, recipient_id, verdict from inbound order by inbound_id desc limit 50";

    public IReadOnlyList<Row> Rows { get; private set; } = [];

    public string ReturnDomain => settings.Value.ReturnDomain;

    public string Feedback => settings.Value.Gateway.FeedbackAddress + "@" + ReturnDomain;

    public int Port => ports.Gateway;

    public string Sentence => Rows.Count(row => row.Verdict is null) is var unread and > 0
        ? $"{unread} mails wait to be read."
        : "Everything that came back has been read.";

    public async Task OnGetAsync(CancellationToken ct) => Rows = await db.ListAsync<Row>(HttpContext.Caller.Tenant, Latest, null, ct);

    internal sealed record Row(DateTimeOffset ReceivedAt, string Kind, long? RecipientId, string? Verdict);
}
