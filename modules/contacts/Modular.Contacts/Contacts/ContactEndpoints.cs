using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Modular.Contacts.Fields;
using Modular.Contacts.Lists;
using Modular.Contacts.Segments;
using Modular.Kernel.Web;

namespace Modular.Contacts;

/// <summary><c>/api/v1/contacts</c>.</summary>
internal static class ContactEndpoints
{
    private const int MaxPage = 1_000;
    private const int MaxBodyBytes = 1 << 20;
    private const int MaxLists = 100;

    private static readonly Dictionary<string, JsonElement> NoFields = [];

    public static void Map(IEndpointRouteBuilder api)
    {
        var contacts = api.MapGroup("/contacts").WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
        contacts.MapGet("", ListAsync).Needs(Permissions.ContactsRead);
        contacts.MapGet("/{id:long}", GetAsync).Needs(Permissions.ContactsRead);
        contacts.MapPost("", UpsertAsync).Needs(Permissions.ContactsEdit);
        contacts.MapPatch("/{id:long}", PatchAsync).Needs(Permissions.ContactsEdit);
        contacts.MapDelete("/{id:long}", DeleteAsync).Needs(Permissions.ContactsDelete);
    }

    /// <param name="Lists">Ids of lists that the contact joins.</param>
    private sealed record UpsertRequest(string? Email, Dictionary<string, JsonElement>? Fields, long[]? Lists);

    private sealed record PatchRequest(string? Email, string? Status, Dictionary<string, JsonElement>? Fields);

    private static async Task<IResult> ListAsync(
        HttpContext http, ContactSearch search, SegmentBook segments, string? q, string? email, string? status, long? list, long? segment, string? cursor, int? limit, CancellationToken ct)
    {
        var (tenant, reach) = (http.Caller.Tenant, Reach.Of(http.Caller));
        if (status is not null && ContactStatusWords.FromWord(status) is null) return new SegmentRefused("status", "Take active, bounced, unsubscribed or complained.").ToProblem();
        if (email is not null && !EmailAddress.TryParse(email, out _, out var reason)) return new AddressRefused(reason).ToProblem();
        if (segment is { } id && await segments.FindAsync(tenant, id, ct) is null) return new NotFound("segment").ToProblem();
        if (list is { } wanted && !reach.Holds(wanted)) return new NotFound("list").ToProblem();
        var filter = new ContactFilter(email ?? q, ContactStatusWords.FromWord(status), list, (await segments.LoadAsync(tenant, segment, ct)).Node);
        var page = await search.ReadAsync(reach, filter, Cursor.Read(cursor), Math.Clamp(limit ?? 100, 1, MaxPage), ct);
        return Results.Ok(new { items = page.Contacts.Select(ContactJson.Of), next = Cursor.Write(page.Last) });
    }

    private static async Task<IResult> GetAsync(HttpContext http, long id, ContactBook book, CancellationToken ct) =>
        await book.FindAsync(Reach.Of(http.Caller), id, ct) is { } contact ? Results.Ok(ContactJson.Of(contact)) : new NotFound("contact").ToProblem();

    private static async Task<IResult> UpsertAsync(HttpContext http, UpsertRequest body, ContactBook book, ListBook lists, CancellationToken ct)
    {
        var (caller, reach) = (http.Caller, Reach.Of(http.Caller));
        if (body.Lists is { Length: > MaxLists }) return new TooManyAtOnce(MaxLists).ToProblem();
        foreach (var list in body.Lists ?? [])
        {
            if (await lists.FindAsync(reach, list, ct) is null) return new NotFound("list").ToProblem();
        }
        var upserted = await book.UpsertAsync(reach, body.Email, body.Fields ?? NoFields, body.Lists ?? [], caller.Actor, ct);
        if (upserted.Fault is { } fault) return fault.ToProblem();
        var (contactId, isNew) = upserted.Value;
        foreach (var list in isNew ? [] : body.Lists ?? []) await lists.JoinAsync(reach, list, [contactId], ct);
        var contact = await book.FindAsync(reach, contactId, ct);
        if (contact is null) return new NotFound("contact").ToProblem();
        return isNew ? Results.Created($"/api/v1/contacts/{contactId}", ContactJson.Of(contact)) : Results.Ok(ContactJson.Of(contact));
    }

    private static async Task<IResult> PatchAsync(HttpContext http, long id, PatchRequest body, ContactBook book, CancellationToken ct)
    {
        var caller = http.Caller;
        var patched = await book.PatchAsync(Reach.Of(caller), id, body.Email, body.Status, body.Fields ?? NoFields, caller.Actor, ct);
        return patched.Fault is { } fault ? fault.ToProblem() : await GetAsync(http, id, book, ct);
    }

    private static async Task<IResult> DeleteAsync(HttpContext http, long id, ContactBook book, CancellationToken ct) =>
        (await book.DeleteAsync(Reach.Of(http.Caller), id, http.Caller.Actor, ct)).ToHttp(_ => Results.NoContent());
}

/// <summary>A contact as REST sends it.</summary>
internal static class ContactJson
{
    public static object Of(OpenedContact contact) => new
    {
        id = contact.ContactId,
        email = contact.Email.Text,
        status = contact.Status.Word(),
        contact.StatusSince,
        contact.StatusReason,
        fields = contact.Fields.OrderBy(f => f.Key, StringComparer.Ordinal).ToDictionary(f => f.Key, f => FieldJson.ToNode(f.Value)),
        lists = contact.Lists.Order(),
        contact.CreatedAt,
        contact.UpdatedAt,
        source = contact.ImportId is null ? null : new { importId = contact.ImportId, line = contact.ImportLine },
    };
}

/// <summary>Cursors are the last key seen, as text: opaque to the client, and good for as long as the rows are.</summary>
internal static class Cursor
{
    public static long Read(string? cursor) => long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var after) ? after : 0;

    public static string? Write(long? last) => last?.ToString(CultureInfo.InvariantCulture);
}
