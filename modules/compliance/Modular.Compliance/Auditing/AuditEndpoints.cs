using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modular.Kernel.Web;

namespace Modular.Compliance.Auditing;

/// <summary>The audit trail in REST: it can be read, and nothing else.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder api) =>
        api.MapGet("/audit", ListAsync).Needs(Permissions.AuditRead).WithTags("audit").WithSummary("Who did what, the latest first.");

    private static async Task<IResult> ListAsync(HttpContext http, AuditTrail trail, string? action, string? cursor, int? limit, CancellationToken ct)
    {
        long? before = null;
        if (cursor is not null)
        {
            if (!long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) return new BadCursor().ToProblem();
            before = id;
        }
        var count = limit ?? Listing.DefaultItems;
        if (count is < 1 or > Listing.MostItems) return new BadLimit().ToProblem();
        var rows = await trail.PageAsync(http.Caller.Tenant, action, before, count + 1, ct);
        return Results.Ok(Listing.Of(rows, count, deed => deed, deed => deed.Id.ToString(CultureInfo.InvariantCulture)));
    }
}
