using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Modular.Kernel.Web;

namespace Modular.Contacts.Lists;

/// <summary><c>/api/v1/lists</c>.</summary>
internal static class ListEndpoints
{
    private const int MaxBodyBytes = 256 * 1024;

    public static void Map(IEndpointRouteBuilder api)
    {
        var lists = api.MapGroup("/lists").WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
        lists.MapGet("", async (HttpContext http, ListBook book, CancellationToken ct) => Results.Ok(new { items = (await book.AllAsync(Reach.Of(http.Caller), ct)).Select(Json) })).Needs(Permissions.ContactsRead);
        lists.MapGet("/{id:long}", async (HttpContext http, long id, ListBook book, CancellationToken ct) =>
            await book.FindAsync(Reach.Of(http.Caller), id, ct) is { } list ? Results.Ok(Json(list)) : new NotFound("list").ToProblem()).Needs(Permissions.ContactsRead);
        lists.MapPost("", async (HttpContext http, NameRequest body, ListBook book, CancellationToken ct) =>
            (await book.AddAsync(Reach.Of(http.Caller), body.Name ?? "", ct)).ToHttp(list => Results.Created($"/api/v1/lists/{list.ListId}", Json(list)))).Needs(Permissions.ListsManage);
        lists.MapPatch("/{id:long}", async (HttpContext http, long id, NameRequest body, ListBook book, CancellationToken ct) =>
            (await book.RenameAsync(Reach.Of(http.Caller), id, body.Name ?? "", ct)).ToHttp(list => Results.Ok(Json(list)))).Needs(Permissions.ListsManage);
        lists.MapDelete("/{id:long}", async (HttpContext http, long id, ListBook book, CancellationToken ct) =>
            await book.DeleteAsync(Reach.Of(http.Caller), id, ct) ? Results.NoContent() : new NotFound("list").ToProblem()).Needs(Permissions.ListsManage);
        lists.MapPost("/{id:long}/contacts", async (HttpContext http, long id, MembersRequest body, ListBook book, CancellationToken ct) =>
            (await book.JoinAsync(Reach.Of(http.Caller), id, body.ContactIds ?? [], ct)).ToHttp(joined => Results.Ok(new { joined }))).Needs(Permissions.ContactsEdit);
        lists.MapPost("/{id:long}/contacts/remove", async (HttpContext http, long id, MembersRequest body, ListBook book, CancellationToken ct) =>
            (await book.LeaveAsync(Reach.Of(http.Caller), id, body.ContactIds ?? [], ct)).ToHttp(left => Results.Ok(new { left }))).Needs(Permissions.ContactsEdit);
    }

    private sealed record NameRequest(string? Name);

    private sealed record MembersRequest(long[]? ContactIds);

    private static object Json(ContactList list) => new { id = list.ListId, list.Name, list.Contacts, list.CreatedAt };
}
