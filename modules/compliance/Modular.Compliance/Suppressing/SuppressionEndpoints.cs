using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modular.Kernel.Web;

namespace Modular.Compliance.Suppressing;

/// <summary>The suppression list in REST. An address is only ever in a body: what stands in a URL ends up in logs.</summary>
internal static class SuppressionEndpoints
{
    public const int MostAddresses = 1000;

    public static void MapSuppressions(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/suppressions").WithTags("suppressions");
        group.MapGet("", ListAsync).Needs(Permissions.SuppressionRead).WithSummary("The suppression list, the latest first.");
        group.MapPost("", AddAsync).Needs(Permissions.SuppressionEdit).WithSummary("Suppress addresses. Repeating it changes nothing; the graver of two reasons stays.");
        group.MapPost("/find", FindAsync).Needs(Permissions.SuppressionRead).WithSummary("Which of these addresses are suppressed.");
        group.MapDelete("/{id:guid}", LiftAsync).Needs(Permissions.SuppressionEdit).WithSummary("Lift an entry. A complaint cannot be lifted.");
    }

    private static async Task<IResult> ListAsync(HttpContext http, SuppressionList list, string? reason, string? cursor, int? limit, CancellationToken ct)
    {
        SuppressionReason? only = null;
        if (reason is not null)
        {
            if (!SuppressionWords.TryParse(reason, out var known)) return new UnknownReason(reason).ToProblem();
            only = known;
        }
        (DateTimeOffset, Guid)? before = null;
        if (cursor is not null)
        {
            if (!SuppressionCursor.TryParse(cursor, out var place)) return new BadCursor().ToProblem();
            before = place;
        }
        var count = limit ?? Listing.DefaultItems;
        if (count is < 1 or > Listing.MostItems) return new BadLimit().ToProblem();
        var rows = await list.PageAsync(http.Caller.Tenant, only, before, count + 1, ct);
        return Results.Ok(Listing.Of(rows, count, s => SuppressionEntry.Of(s), SuppressionCursor.Of));
    }

    private static async Task<IResult> AddAsync(HttpContext http, AddRequest request, SuppressionAdding adding, CancellationToken ct)
    {
        if (request.Emails is not { Length: > 0 and <= MostAddresses }) return new NoAddresses().ToProblem();
        if (!SuppressionWords.TryParse(request.Reason ?? "manual", out var reason)) return new UnknownReason(request.Reason).ToProblem();
        return (await adding.AddAsync(http.Caller, request.Emails, reason, request.Source ?? "REST API", ct)).ToHttp(count => Results.Ok(new { changed = count }));
    }

    private static async Task<IResult> FindAsync(HttpContext http, FindRequest request, SuppressionList list, ISealer sealer, CancellationToken ct)
    {
        if (request.Emails is not { Length: > 0 and <= MostAddresses }) return new NoAddresses().ToProblem();
        var parsed = Addresses.Parse(request.Emails);
        if (!parsed.IsOk) return parsed.Fault.ToProblem();
        var byIndex = parsed.Value.DistinctBy(a => a.Key).ToDictionary(a => sealer.Index(http.Caller.Tenant, a));
        var found = await list.FindAsync(http.Caller.Tenant, byIndex.Keys, ct);
        return Results.Ok(new Listing<SuppressionEntry>([.. found.Values.Select(s => SuppressionEntry.Of(s, byIndex[s.Email].Text))], null));
    }

    private static async Task<IResult> LiftAsync(HttpContext http, Guid id, SuppressionLifting lifting, CancellationToken ct) =>
        await lifting.LiftAsync(http.Caller, new EmailIndex(id), ct) is { } fault ? fault.ToProblem() : Results.NoContent();

    private sealed record AddRequest(string[]? Emails, string? Reason, string? Source);

    private sealed record FindRequest(string[]? Emails);

    /// <param name="Id">The blind index: the same address has the same one, and nobody can read the address from it.</param>
    /// <param name="Email">Only where the asker has sent it.</param>
    private sealed record SuppressionEntry(Guid Id, string Reason, string Source, DateTimeOffset At, long? ContactId, long? RecipientId, string? Email)
    {
        public static SuppressionEntry Of(Suppression s, string? email = null) => new(s.Email.Value, s.Reason.Word, s.Source, s.At, s.ContactId, s.RecipientId, email);
    }
}
