using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Modular.Contacts.Importing;
using Modular.Web.Kit;

namespace Modular.Contacts.Pages.Contacts;

[NeedsPermission(Permissions.ContactsRead)]
internal sealed class ImportsModel(ImportJobs jobs, TimeProvider time, IStringLocalizer<Texts> texts) : PageModel
{
    private const int PageSize = 50;

    public IReadOnlyList<ImportJob> Jobs { get; private set; } = [];

    public string? Next { get; private set; }

    public DateTimeOffset Now { get; } = time.GetUtcNow();

    public bool IsMoving => Jobs.Any(j => !j.IsOver);

    public string DropFolder => $"/dav/{HttpContext.Caller.TenantSlug}/import/";

    public string Sentence => Jobs.Count(j => j.State == "running") is > 0 and var running ? texts["ImportsRunning", Show.Count(running)] : texts["ImportsIdle", DropFolder];

    public async Task OnGetAsync(string? cursor, CancellationToken ct)
    {
        Jobs = await jobs.ListAsync(Reach.Of(HttpContext.Caller), Cursor.Read(cursor) is > 0 and var before ? before : null, PageSize, ct);
        Next = Jobs.Count == PageSize ? Cursor.Write(Jobs[^1].ImportId) : null;
    }
}
