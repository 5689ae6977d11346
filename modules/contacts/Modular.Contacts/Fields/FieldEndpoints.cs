using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Modular.Contacts.Segments;
using Modular.Kernel.Web;

namespace Modular.Contacts.Fields;

/// <summary><c>/api/v1/fields</c>.</summary>
internal static class FieldEndpoints
{
    private const int MaxBodyBytes = 256 * 1024;
    private const int MaxLabelChars = 120;

    public static void Map(IEndpointRouteBuilder api)
    {
        var fields = api.MapGroup("/fields").WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
        fields.MapGet("", async (HttpContext http, FieldBook book, CancellationToken ct) =>
            Results.Ok(new { items = (await book.LoadAsync(http.Caller.Tenant, ct)).All.Select(f => Json(f.Definition)) })).Needs(Permissions.ContactsRead);
        fields.MapPost("", AddAsync).Needs(Permissions.ContactsEdit).NeedsNoLimit(LimitKinds.Lists);
        fields.MapPatch("/{name}", RelabelAsync).Needs(Permissions.ContactsEdit).NeedsNoLimit(LimitKinds.Lists);
        fields.MapDelete("/{name}", RetireAsync).Needs(Permissions.ContactsEdit).NeedsNoLimit(LimitKinds.Lists);
    }

    /// <param name="IsPersonal">Personal unless said otherwise: what is sealed by mistake is slow, what is open by mistake is a leak.</param>
    private sealed record FieldRequest(string? Name, string? Label, string? Type, bool? IsPersonal, bool? IsSearchable, string[]? Choices);

    private static async Task<IResult> AddAsync(HttpContext http, FieldRequest body, FieldBook book, CancellationToken ct)
    {
        if (FieldTypes.FromWord(body.Type ?? "text") is not { } type) return new FieldTypeUnknown(body.Type ?? "").ToProblem();
        var name = body.Name ?? "";
        var added = await book.AddAsync(http.Caller.Tenant, new FieldDefinition(name, Label(body.Label) ?? name, type, body.IsPersonal ?? true, body.IsSearchable ?? false, body.Choices ?? []), ct);
        return added.ToHttp(field => Results.Created($"/api/v1/fields/{field.Name}", Json(field)));
    }

    private static async Task<IResult> RelabelAsync(HttpContext http, string name, FieldRequest body, FieldBook book, CancellationToken ct)
    {
        if (Label(body.Label) is not { } label) return new LabelRefused().ToProblem();
        if (!await book.RelabelAsync(http.Caller.Tenant, name, label, ct)) return new NotFound("field").ToProblem();
        return Results.Ok(Json((await book.LoadAsync(http.Caller.Tenant, ct)).Find(name)!.Definition));   // just relabelled
    }

    private static async Task<IResult> RetireAsync(HttpContext http, string name, FieldBook book, SegmentBook segments, CancellationToken ct)
    {
        if (await segments.UsingAsync(http.Caller.Tenant, name, ct) is { } segment) return new FieldInUse(name, segment).ToProblem();
        return await book.RetireAsync(http.Caller.Tenant, name, ct) ? Results.NoContent() : new NotFound("field").ToProblem();
    }

    private static string? Label(string? label) => label?.Trim() is { Length: > 0 and <= MaxLabelChars } text && !text.Any(char.IsControl) ? text : null;

    private static object Json(FieldDefinition field) => new { field.Name, field.Label, type = field.Type.Word(), field.IsPersonal, field.IsSearchable, field.Choices };
}
