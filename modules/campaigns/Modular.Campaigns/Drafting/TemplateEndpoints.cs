using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modular.Kernel.Web;

namespace Modular.Campaigns.Drafting;

/// <summary><c>/api/v1/templates</c>.</summary>
internal static class TemplateEndpoints
{
    private const int DefaultSize = 50;

    public static void MapTemplates(this IEndpointRouteBuilder api)
    {
        var templates = api.MapGroup("/templates");
        templates.MapGet("", async (HttpContext http, TemplateStore store, string? cursor, int? limit, CancellationToken ct) =>
        {
            if (!CampaignEndpoints.TryCursor(cursor, out var before)) return CampaignEndpoints.BadCursor();
            var size = Math.Clamp(limit ?? DefaultSize, 1, CampaignDrafts.MaxPage);
            var found = await store.ListAsync(http.Caller.Tenant, before, size, ct);
            return Results.Ok(new PageJson<TemplateJson>([.. found.Select(t => TemplateJson.Of(t, withContent: false))], CampaignEndpoints.Next(found, size, t => t.TemplateId)));
        }).Needs(Permissions.CampaignsRead);
        templates.MapPost("", async (HttpContext http, DraftChange draft, TemplateStore store, CancellationToken ct) =>
            (await store.CreateAsync(http.Caller.Tenant, draft, http.Caller.Actor, ct)).ToHttp(t => Results.Created($"/api/v1/templates/{t.TemplateId}", TemplateJson.Of(t))))
            .Needs(Permissions.CampaignsEdit);
        templates.MapGet("/{id:long}", async (HttpContext http, long id, TemplateStore store, CancellationToken ct) =>
            await store.FindAsync(http.Caller.Tenant, id, ct) is { } template ? Results.Ok(TemplateJson.Of(template)) : new NotFound("template").ToProblem())
            .Needs(Permissions.CampaignsRead);
        templates.MapPatch("/{id:long}", async (HttpContext http, long id, DraftChange change, TemplateStore store, CancellationToken ct) =>
            (await store.ChangeAsync(http.Caller.Tenant, id, change, http.Caller.Actor, ct)).ToHttp(t => Results.Ok(TemplateJson.Of(t))))
            .Needs(Permissions.CampaignsEdit);
        templates.MapDelete("/{id:long}", async (HttpContext http, long id, TemplateStore store, CancellationToken ct) =>
            (await store.DeleteAsync(http.Caller.Tenant, id, http.Caller.Actor, ct)).ToHttp(_ => Results.NoContent()))
            .Needs(Permissions.CampaignsEdit);
    }
}
