using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Modular.Contacts.DropFolder;
using Modular.Kernel.Auditing;
using Modular.Kernel.Web;

namespace Modular.Contacts.Importing;

/// <summary><c>/api/v1/imports</c>.</summary>
internal static class ImportEndpoints
{
    private const int MaxPage = 1_000;
    private const int MaxSettingsBytes = 256 * 1024;

    public static void Map(IEndpointRouteBuilder api)
    {
        var imports = api.MapGroup("/imports");
        imports.MapGet("", ListAsync).Needs(Permissions.ContactsRead);
        imports.MapGet("/{id:long}", GetAsync).Needs(Permissions.ContactsRead);
        imports.MapGet("/{id:long}/faults", FaultsAsync).Needs(Permissions.ContactsRead);
        imports.MapGet("/{id:long}/errors", ErrorsAsync).Needs(Permissions.ContactsImport);
        imports.MapPost("", CreateAsync).Needs(Permissions.ContactsImport).DisableAntiforgery();
        imports.MapPost("/{id:long}/cancel", CancelAsync).Needs(Permissions.ContactsImport);
    }

    private static async Task<IResult> ListAsync(HttpContext http, ImportJobs jobs, TimeProvider time, string? cursor, int? limit, CancellationToken ct)
    {
        var size = Math.Clamp(limit ?? 50, 1, MaxPage);
        var page = await jobs.ListAsync(Reach.Of(http.Caller), Cursor.Read(cursor) is > 0 and var before ? before : null, size, ct);
        return Results.Ok(new { items = page.Select(j => ImportJson.Of(j, time.GetUtcNow())), next = page.Count == size ? Cursor.Write(page[^1].ImportId) : null });
    }

    private static async Task<IResult> GetAsync(HttpContext http, long id, ImportJobs jobs, TimeProvider time, CancellationToken ct) =>
        await jobs.FindAsync(Reach.Of(http.Caller), id, ct) is { } job ? Results.Ok(ImportJson.Of(job, time.GetUtcNow())) : new NotFound("import").ToProblem();

    private static async Task<IResult> FaultsAsync(HttpContext http, long id, ImportJobs jobs, ImportFaults faults, string? cursor, int? limit, CancellationToken ct)
    {
        if (await jobs.FindAsync(Reach.Of(http.Caller), id, ct) is null) return new NotFound("import").ToProblem();
        var size = Math.Clamp(limit ?? 100, 1, MaxPage);
        var page = await faults.ReadAsync(http.Caller.Tenant, id, Cursor.Read(cursor), size, ct);
        return Results.Ok(new { items = page.Select(f => new { f.Line, f.Field, f.Reason }), next = page.Count == size ? Cursor.Write(page[^1].Record) : null });
    }

    private static async Task<IResult> ErrorsAsync(HttpContext http, long id, ImportJobs jobs, DropFolders folders, CancellationToken ct)
    {
        if (await jobs.FindAsync(Reach.Of(http.Caller), id, ct) is not { ErrorFile: { } name }) return new NotFound("error file").ToProblem();
        var path = Path.Combine(folders.ImportOf(http.Caller.Tenant), name);
        return File.Exists(path) ? Results.Stream(folders.OpenRead(http.Caller.Tenant, path), "text/csv; charset=utf-8", Path.GetFileName(name)) : new NotFound("error file").ToProblem();
    }

    private static async Task<IResult> CancelAsync(HttpContext http, long id, ImportJobs jobs, TenantDb db, IAudit audit, CancellationToken ct)
    {
        if (await jobs.FindAsync(Reach.Of(http.Caller), id, ct) is not { } job) return new NotFound("import").ToProblem();
        if (!await jobs.CancelAsync(Reach.Of(http.Caller), id, ct)) return new ImportIsOver(job.State).ToProblem();
        await using var tx = await db.BeginAsync(http.Caller.Tenant, ct);
        await audit.AppendAsync(tx, new AuditEntry(http.Caller.Actor, "import.cancelled", $"import/{id}"), ct);
        await tx.CommitAsync(ct);
        return Results.NoContent();
    }

    /// <summary>
    /// Three ways: JSON that names a file in the drop folder; the file itself as the body, its name and settings in the query; or a form with a part
    /// <c>file</c> and an optional part <c>settings</c>. The file is stored, and imported afterwards: 202.
    /// </summary>
    private static async Task<IResult> CreateAsync(HttpContext http, Uploads uploads, DropFolderSettings limits, CancellationToken ct)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = limits.MaxFileBytes;
        var type = MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var parsed) ? parsed : null;
        var taken = type switch
        {
            { MediaType.Value: "application/json" } => await NamedAsync(http, ct),
            { MediaType.Value: "multipart/form-data" } => await FormAsync(http, type, uploads, ct),
            _ => await BodyAsync(http, uploads, ct),
        };
        if (taken.Fault is { } fault) return fault.ToProblem();
        var (file, settings) = taken.Value;
        var started = await uploads.ImportAsync(Reach.Of(http.Caller), file, settings, http.Caller.Actor, ct);
        return started.ToHttp(id => Results.Accepted($"/api/v1/imports/{id}", new { id, file }));
    }

    private sealed record NamedRequest(string? File, JsonElement? Settings);

    private static async Task<Result<(string File, ImportSettings Settings)>> NamedAsync(HttpContext http, CancellationToken ct)
    {
        if (!Reach.Of(http.Caller).IsWhole) return new NotWithinLimits(LimitKinds.Lists);   // the drop folder is the whole tenant's
        if (http.Request.ContentLength is null or > MaxSettingsBytes) return new UploadRefused($"Send JSON of at most {MaxSettingsBytes / 1024} KiB, with its Content-Length.");
        NamedRequest? request;
        try
        {
            request = await http.Request.ReadFromJsonAsync<NamedRequest>(ct);
        }
        catch (JsonException e)
        {
            return new UploadRefused($"The request is no JSON as expected. {e.Message}");
        }
        if (!Uploads.IsName(request?.File)) return new FileNameRefused(request?.File ?? "");
        var settings = request.Settings is { } json ? ImportSettings.FromJson(json.GetRawText()) : new ImportSettings();
        return settings.Fault is { } fault ? fault : (request.File, settings.Value);
    }

    private static async Task<Result<(string File, ImportSettings Settings)>> BodyAsync(HttpContext http, Uploads uploads, CancellationToken ct)
    {
        var settings = http.Request.Query["settings"].ToString() is { Length: > 0 } json ? ImportSettings.FromJson(json) : new ImportSettings();
        if (settings.Fault is { } fault) return fault;
        if (await uploads.CheckAsync(Reach.Of(http.Caller), settings.Value, ct) is { } outside) return outside;
        var name = http.Request.Query["name"].ToString();
        var stored = await uploads.StoreAsync(http.Caller.Tenant, name.Length > 0 ? name : "upload.csv", http.Request.Body, ct);
        return stored.Fault is { } refused ? refused : (stored.Value, settings.Value);
    }

    private static async Task<Result<(string File, ImportSettings Settings)>> FormAsync(HttpContext http, MediaTypeHeaderValue type, Uploads uploads, CancellationToken ct)
    {
        if (HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= 100 } boundary) return new UploadRefused("The form has no boundary.");
        var reader = new MultipartReader(boundary, http.Request.Body);
        var settings = new ImportSettings();
        string? file = null;
        while (await reader.ReadNextSectionAsync(ct) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var part)) continue;
            switch (HeaderUtilities.RemoveQuotes(part.Name).Value)
            {
                case "settings":
                    var bytes = new byte[MaxSettingsBytes];
                    var length = await section.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct);
                    var read = ImportSettings.FromJson(Encoding.UTF8.GetString(bytes.AsSpan(0, length)));
                    if (read.Fault is { } fault) return fault;
                    settings = read.Value;
                    break;
                case "file" when file is null:
                    var name = HeaderUtilities.RemoveQuotes(part.FileNameStar.HasValue ? part.FileNameStar : part.FileName).Value;
                    var stored = await uploads.StoreAsync(http.Caller.Tenant, Path.GetFileName(name), section.Body, ct);
                    if (stored.Fault is { } refused) return refused;
                    file = stored.Value;
                    break;
            }
        }
        return file is null ? new UploadRefused("The form has no part 'file'.") : (file, settings);
    }
}

/// <summary>An import as REST sends it.</summary>
internal static class ImportJson
{
    public static object Of(ImportJob job, DateTimeOffset now) => new
    {
        id = job.ImportId,
        job.Source,
        file = job.FileName,
        job.State,
        job.Stage,
        job.Fault,
        job.Notes,
        progress = Math.Round(job.Progress, 4),
        rows = job.Records,
        rowsPerSecond = Math.Round(job.RowsPerSecond(now)),
        secondsLeft = job.TimeLeft(now)?.TotalSeconds is { } left ? Math.Ceiling(left) : (double?)null,
        job.Added,
        job.Updated,
        job.Unchanged,
        job.Duplicates,
        job.Faulty,
        job.ErrorFile,
        job.CreatedAt,
        job.StartedAt,
        job.FinishedAt,
    };
}
