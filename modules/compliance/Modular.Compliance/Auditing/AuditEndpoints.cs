using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modular.Kernel.Web;

namespace Modular.Compliance.Auditing;

/// <summary>The audit trail in REST: it can be read, exported and verified, and nothing else.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/audit").WithTags("audit");
        group.MapGet("", ListAsync).Needs(Permissions.AuditRead).WithSummary("Who did what, the latest first.");
        group.MapGet("/{id:long}", FindAsync).Needs(Permissions.AuditRead).WithSummary("One deed.");
        group.MapGet("/export", ExportAsync).Needs(Permissions.AuditExport).WithSummary("All that fits, as CSV or JSON lines.");
        group.MapGet("/verify", VerifyAsync).Needs(Permissions.AuditRead).WithSummary("Whether a record was removed, changed, inserted or cut off.");
    }

    private static async Task<IResult> ListAsync(
        HttpContext http, TrailReader reader, string? actor, string? action, string? subject, string? address, string? outcome, string? since, string? until,
        string? cursor, int? limit, CancellationToken ct)
    {
        long? before = null;
        if (cursor is not null)
        {
            if (!long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) return new BadCursor().ToProblem();
            before = id;
        }
        var count = limit ?? Listing.DefaultItems;
        if (count is < 1 or > Listing.MostItems) return new BadLimit().ToProblem();
        var search = TrailSearch.Read(actor, action, subject, address, outcome, since, until);
        if (!search.IsOk) return search.Fault.ToProblem();
        var rows = await reader.PageAsync(new Trail(http.Caller.Tenant), search.Value, before, count + 1, ct);
        return Results.Ok(Listing.Of(rows, count, deed => deed, deed => deed.Id.ToString(CultureInfo.InvariantCulture)));
    }

    private static async Task<IResult> FindAsync(HttpContext http, TrailReader reader, long id, CancellationToken ct) =>
        await reader.FindAsync(new Trail(http.Caller.Tenant), id, ct) is { } deed ? Results.Ok(deed) : new NotFound("record").ToProblem();

    private static async Task<IResult> ExportAsync(
        HttpContext http, AuditExport export, string? format, string? actor, string? action, string? subject, string? address, string? outcome, string? since, string? until, CancellationToken ct)
    {
        if (format is not (null or "csv" or "jsonl")) return new BadFormat().ToProblem();
        var search = TrailSearch.Read(actor, action, subject, address, outcome, since, until);
        if (!search.IsOk) return search.Fault.ToProblem();
        await export.WriteAsync(http, search.Value, format ?? "jsonl", ct);
        return Results.Empty;
    }

    private static async Task<IResult> VerifyAsync(HttpContext http, TrailVerification verification, CancellationToken ct)
    {
        var verdict = await verification.VerifyAsync(new Trail(http.Caller.Tenant), ct);
        return Results.Ok(new { verdict.IsWhole, verdict.Rows, head = verdict.Head.ToString(), faults = verdict.Faults.Select(f => new { row = f.Seq, f.What }) });
    }
}
