using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Modular.Kernel.Web;

namespace Modular.Contacts.Importing.Schedules;

/// <summary><c>/api/v1/import-schedules</c>. Settings go in and never come out.</summary>
internal static class ScheduleEndpoints
{
    private const int MaxBodyBytes = 512 * 1024;

    public static void Map(IEndpointRouteBuilder api)
    {
        var schedules = api.MapGroup("/import-schedules").WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes)).NeedsNoLimit(LimitKinds.Lists);
        schedules.MapGet("", async (HttpContext http, ImportSchedules book, CancellationToken ct) => Results.Ok(new { items = (await book.AllAsync(http.Caller.Tenant, ct)).Select(Json) })).Needs(Permissions.ContactsImport);
        schedules.MapGet("/{id:long}", async (HttpContext http, long id, ImportSchedules book, CancellationToken ct) =>
            await book.FindAsync(http.Caller.Tenant, id, ct) is { } schedule ? Results.Ok(Json(schedule)) : new NotFound("import schedule").ToProblem()).Needs(Permissions.ContactsImport);
        schedules.MapPost("", AddAsync).Needs(Permissions.ContactsImport);
        schedules.MapPost("/{id:long}/run", RunAsync).Needs(Permissions.ContactsImport);
        schedules.MapDelete("/{id:long}", async (HttpContext http, long id, ImportSchedules book, CancellationToken ct) =>
            await book.DeleteAsync(http.Caller.Tenant, id, http.Caller.Actor, ct) ? Results.NoContent() : new NotFound("import schedule").ToProblem()).Needs(Permissions.ContactsImport);
    }

    /// <param name="Mapping">As the settings of an import: columns, list, createFields.</param>
    private sealed record ScheduleRequest(string? Name, string? Source, Dictionary<string, string>? Settings, JsonElement? Mapping, int EveryMinutes);

    private static async Task<IResult> AddAsync(HttpContext http, ScheduleRequest body, ImportSchedules book, CancellationToken ct)
    {
        var mapping = body.Mapping is { } json ? ImportSettings.FromJson(json.GetRawText()) : new ImportSettings();
        if (mapping.Fault is { } fault) return fault.ToProblem();
        var added = await book.AddAsync(http.Caller.Tenant, body.Name, body.Source, body.Settings ?? [], mapping.Value, body.EveryMinutes, http.Caller.Actor, ct);
        return added.ToHttp(id => Results.Created($"/api/v1/import-schedules/{id}", new { id }));
    }

    private static async Task<IResult> RunAsync(HttpContext http, long id, ImportSchedules book, ImportSignal signal, CancellationToken ct)
    {
        if (await book.FindAsync(http.Caller.Tenant, id, ct) is null) return new NotFound("import schedule").ToProblem();
        if (await book.StartDueAsync(http.Caller.Tenant, id, ct) is not [var importId]) return new ImportIsOver("running").ToProblem();
        signal.Wake();
        return Results.Accepted($"/api/v1/imports/{importId}", new { id = importId });
    }

    private static object Json(ImportSchedule schedule) => new
    {
        id = schedule.ScheduleId,
        schedule.Name,
        schedule.Source,
        mapping = JsonSerializer.Deserialize<JsonElement>(schedule.Mapping),
        everyMinutes = (int)schedule.Every.TotalMinutes,
        schedule.IsPaused,
        schedule.DueAt,
        schedule.LastFault,
    };
}
