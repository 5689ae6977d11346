using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Modular.Contacts.DropFolder;
using Modular.Contacts.Importing;
using Modular.Web.Kit;

namespace Modular.Contacts.Pages.Contacts;

[NeedsPermission(Permissions.ContactsRead)]
internal sealed class ImportModel(ImportJobs jobs, ImportFaults stored, DropFolders folders, TimeProvider time, IStringLocalizer<Texts> texts) : PageModel
{
    private const int PageSize = 50;

    public ImportJob Job { get; private set; } = null!; // OnGet gives 404 when there is none

    public IReadOnlyList<StoredFault> Faults { get; private set; } = [];

    public string? Next { get; private set; }

    public DateTimeOffset Now { get; } = time.GetUtcNow();

    public bool MayImport => HttpContext.Caller.May(Permissions.ContactsImport);

    public string Sentence => Job.State switch
    {
        "waiting" => texts["ImportWaits"],
        "running" => texts["ImportRuns", Show.Word(Job.Stage ?? "reading"), Show.Rate(Job.RowsPerSecond(Now)), Job.TimeLeft(Now) is { } left ? Show.TimeLeft(left) : ""],
        "finished" => texts["ImportDone", Show.Count(Job.Records), Show.Duration((Job.FinishedAt - Job.StartedAt) ?? TimeSpan.Zero)],
        "cancelled" => texts["ImportCancelled", Show.Count(Job.Records)],
        _ => texts["ImportBroken"],
    };

    public async Task<IActionResult> OnGetAsync(long id, string? cursor, CancellationToken ct)
    {
        if (await jobs.FindAsync(Reach.Of(HttpContext.Caller), id, ct) is not { } job) return NotFound();
        Job = job;
        Faults = await stored.ReadAsync(HttpContext.Caller.Tenant, id, Cursor.Read(cursor), PageSize, ct);
        Next = Faults.Count == PageSize ? Cursor.Write(Faults[^1].Record) : null;
        return Page();
    }

    public async Task<IActionResult> OnGetErrorsAsync(long id, CancellationToken ct)
    {
        if (!MayImport) return Forbid();
        if (await jobs.FindAsync(Reach.Of(HttpContext.Caller), id, ct) is not { ErrorFile: { } name }) return NotFound();
        var path = Path.Combine(folders.ImportOf(HttpContext.Caller.Tenant), name);
        return System.IO.File.Exists(path) ? File(folders.OpenRead(HttpContext.Caller.Tenant, path), "text/csv; charset=utf-8", Path.GetFileName(name)) : NotFound();
    }

    public async Task<IActionResult> OnPostCancelAsync(long id, CancellationToken ct)
    {
        if (!MayImport) return Forbid();
        await jobs.CancelAsync(Reach.Of(HttpContext.Caller), id, ct);
        return RedirectToPage(new { id });
    }
}
