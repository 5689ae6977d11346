using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Modular.Contacts.Fields;
using Modular.Kernel.Web;

namespace Modular.Contacts.Segments;

/// <summary><c>/api/v1/segments</c>.</summary>
internal static class SegmentEndpoints
{
    private const int MaxBodyBytes = 256 * 1024;

    public static void Map(IEndpointRouteBuilder api)
    {
        var segments = api.MapGroup("/segments").WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
        segments.MapGet("", async (HttpContext http, SegmentBook book, CancellationToken ct) => Results.Ok(new { items = (await book.AllAsync(http.Caller.Tenant, ct)).Select(s => Json(http.Caller, s)) })).Needs(Permissions.ContactsRead);
        segments.MapGet("/{id:long}", async (HttpContext http, long id, SegmentBook book, CancellationToken ct) =>
            await book.FindAsync(http.Caller.Tenant, id, ct) is { } segment ? Results.Ok(Json(http.Caller, segment)) : new NotFound("segment").ToProblem()).Needs(Permissions.ContactsRead);
        segments.MapPost("", async (HttpContext http, SegmentRequest body, SegmentBook book, CancellationToken ct) =>
            (await book.SaveAsync(http.Caller.Tenant, null, body.Name, body.Definition.GetRawTextOrEmpty(), http.Caller.Actor, ct)).ToHttp(s => Results.Created($"/api/v1/segments/{s.SegmentId}", Json(http.Caller, s)))).Needs(Permissions.ListsManage).NeedsNoLimit(LimitKinds.Lists);
        segments.MapPut("/{id:long}", async (HttpContext http, long id, SegmentRequest body, SegmentBook book, CancellationToken ct) =>
            (await book.SaveAsync(http.Caller.Tenant, id, body.Name, body.Definition.GetRawTextOrEmpty(), http.Caller.Actor, ct)).ToHttp(s => Results.Ok(Json(http.Caller, s)))).Needs(Permissions.ListsManage).NeedsNoLimit(LimitKinds.Lists);
        segments.MapDelete("/{id:long}", async (HttpContext http, long id, SegmentBook book, CancellationToken ct) =>
            await book.DeleteAsync(http.Caller.Tenant, id, http.Caller.Actor, ct) ? Results.NoContent() : new NotFound("segment").ToProblem()).Needs(Permissions.ListsManage).NeedsNoLimit(LimitKinds.Lists);
        segments.MapPost("/count", CountAsync).Needs(Permissions.ContactsRead);
        segments.MapGet("/{id:long}/count", async (HttpContext http, long id, SegmentBook book, Audiences audiences, CancellationToken ct) =>
            await book.FindAsync(http.Caller.Tenant, id, ct) is null ? new NotFound("segment").ToProblem() : Results.Ok(await audiences.CountAsync(Reach.Of(http.Caller), id, ct))).Needs(Permissions.ContactsRead);
    }

    private sealed record SegmentRequest(string? Name, JsonElement Definition);

    /// <summary>How many a segment would hold, without storing it.</summary>
    private static async Task<IResult> CountAsync(HttpContext http, SegmentRequest body, FieldBook fieldBook, Audiences audiences, CancellationToken ct)
    {
        var fields = await fieldBook.LoadAsync(http.Caller.Tenant, ct);
        var node = SegmentReader.Read(body.Definition.GetRawTextOrEmpty(), fields);
        if (node.Fault is { } fault) return fault.ToProblem();
        var reach = Reach.Of(http.Caller);
        return SegmentPredicate.Lists(node.Value).All(reach.Holds) ? Results.Ok(await audiences.CountAsync(reach, node.Value, fields, ct)) : new NotFound("list").ToProblem();
    }

    private static string GetRawTextOrEmpty(this JsonElement json) => json.ValueKind is JsonValueKind.Undefined ? "" : json.GetRawText();

    /// <summary>A definition may name people and lists, so only those who reach all of them read it; others use it.</summary>
    private static object Json(Caller caller, Segment segment) => new
    {
        id = segment.SegmentId,
        segment.Name,
        definition = Reach.Of(caller).IsWhole ? JsonSerializer.Deserialize<JsonElement>(segment.Definition) : (JsonElement?)null,
        segment.CreatedAt,
        segment.UpdatedAt,
    };
}
