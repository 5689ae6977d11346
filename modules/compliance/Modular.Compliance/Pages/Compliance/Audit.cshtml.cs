using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Modular.Compliance.Auditing;

namespace Modular.Compliance.Pages.Compliance;

[NeedsPermission(Permissions.AuditRead)]
internal sealed class AuditModel(TrailReader reader, AuditExport export) : PageModel
{
    private const int PageSize = 50;

    public IReadOnlyList<AuditedDeed> Rows { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Actions { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Outcomes { get; } = [new("Done", "done"), new("Refused", "refused")];

    public string? Next { get; private set; }

    /// <summary>What is wrong with the search; the page then shows nothing below it.</summary>
    public Fault? Fault { get; private set; }

    public bool MayExport => HttpContext.Caller.May(Permissions.AuditExport);

    public async Task OnGetAsync(string? cursor, CancellationToken ct)
    {
        var trail = new Trail(HttpContext.Caller.Tenant);
        Actions = [.. (await reader.ActionsAsync(trail, ct)).Select(a => new SelectListItem(a, a))];
        var search = Search();
        if (!search.IsOk)
        {
            Fault = search.Fault;
            return;
        }
        long? before = long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
        var page = Listing.Of(await reader.PageAsync(trail, search.Value, before, PageSize + 1, ct), PageSize, deed => deed, deed => deed.Id.ToString(CultureInfo.InvariantCulture));
        (Rows, Next) = (page.Items, page.Next);
    }

    [NeedsPermission(Permissions.AuditExport), NeedsStepUp]
    public async Task<IActionResult> OnGetExportAsync(string? format, CancellationToken ct)
    {
        var search = Search();
        if (!search.IsOk || format is not ("csv" or "jsonl")) return BadRequest();
        await export.WriteAsync(HttpContext, search.Value, format, ct);
        return new EmptyResult();
    }

    /// <summary>What is shown, as a file.</summary>
    public string ExportPath(string format) =>
        "/audit" + QueryString.Create(Request.Query.Where(q => q.Key is not ("cursor" or "handler" or "format")).SelectMany(q => q.Value.Select(v => KeyValuePair.Create(q.Key, v)))
            .Append(KeyValuePair.Create("handler", (string?)"Export")).Append(KeyValuePair.Create("format", (string?)format)));

    private Result<TrailSearch> Search() => TrailSearch.Read(Asked("actor"), Asked("action"), Asked("subject"), Asked("address"), Asked("outcome"), Asked("since"), Asked("until"));

    private string? Asked(string name) => Request.Query[name];
}
