using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modular.Kernel.Web;

namespace Modular.Delivery.Messages;

/// <summary><c>/api/v1/messages</c>: one message with its attempts; <c>/api/v1/queue</c>: what waits, by destination.</summary>
internal static class MessageEndpoints
{
    public static void MapMessages(this IEndpointRouteBuilder api)
    {
        api.MapGet("/messages/{recipientId:long}", FindAsync).Needs(Permissions.DeliveryRead).NeedsNoLimit(LimitKinds.Any);
        api.MapGet("/queue", QueueAsync).Needs(Permissions.DeliveryRead).NeedsNoLimit(LimitKinds.Any);
    }

    private static async Task<IResult> FindAsync(HttpContext http, long recipientId, IDeliveries deliveries, CancellationToken ct)
    {
        if (await deliveries.FindAsync(http.Caller.Tenant, recipientId, ct) is not { } detail) return new NotFound("message").ToProblem();
        var entry = detail.Entry;
        return Results.Ok(new
        {
            entry.RecipientId,
            entry.CampaignId,
            entry.ContactId,
            State = StateWords.Of(entry.State),
            entry.Reason,
            entry.Status,
            entry.QueuedAt,
            entry.ChangedAt,
            entry.NextTryAt,
            entry.Complained,
            detail.MessageId,
            detail.ReturnPath,
            detail.Attempts,
        });
    }

    private static async Task<IResult> QueueAsync(HttpContext http, QueueSummary summary, CancellationToken ct) => Results.Ok(await summary.OfAsync(http.Caller.Tenant, ct));
}
