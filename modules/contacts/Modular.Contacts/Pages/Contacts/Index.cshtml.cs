using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.Extensions.Localization;
using Modular.Contacts.Lists;
using Modular.Contacts.Segments;
using Modular.Web.Kit;

namespace Modular.Contacts.Pages.Contacts;

[NeedsPermission(Permissions.ContactsRead)]
internal sealed class IndexModel(ContactSearch search, ListBook lists, SegmentBook segments, IStringLocalizer<Texts> texts) : PageModel
{
    private const int PageSize = 50;

    public StatusCounts Counts { get; private set; } = new(0, 0, 0, 0);

    public ContactPage Found { get; private set; } = new([], null, false);

    public IReadOnlyList<SelectListItem> Lists { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Segments { get; private set; } = [];

    /// <summary>Known without counting only where nothing or the status alone is asked.</summary>
    public long? Total { get; private set; }

    public string Sentence => texts["ContactsSentence", Show.Count(Counts.All), Show.Count(Counts.Active)];

    public async Task<IActionResult> OnGetAsync(string? q, string? status, long? list, long? segment, string? cursor, CancellationToken ct)
    {
        var (tenant, reach) = (HttpContext.Caller.Tenant, Reach.Of(HttpContext.Caller));
        Counts = await search.CountAsync(reach, ct);
        if (Counts.All == 0) return Page();
        Lists = [.. (await lists.AllAsync(reach, ct)).Select(l => new SelectListItem(l.Name, l.ListId.ToString(CultureInfo.InvariantCulture)))];
        var all = await segments.AllAsync(tenant, ct);
        Segments = [.. all.Select(s => new SelectListItem(s.Name, s.SegmentId.ToString(CultureInfo.InvariantCulture)))];
        var known = segment is { } id && all.Any(s => s.SegmentId == id) ? segment : null;
        if (list is { } wanted && !reach.Holds(wanted)) return NotFound();
        var filter = new ContactFilter(q, ContactStatusWords.FromWord(status), list, (await segments.LoadAsync(tenant, known, ct)).Node);
        Found = await search.ReadAsync(reach, filter, Cursor.Read(cursor), PageSize, ct);
        Total = string.IsNullOrEmpty(q) && list is null && known is null ? OfStatus(filter.Status) : null;
        return Page();
    }

    private long OfStatus(ContactStatus? status) => status switch
    {
        null => Counts.All,
        ContactStatus.Active => Counts.Active,
        ContactStatus.Bounced => Counts.Bounced,
        ContactStatus.Unsubscribed => Counts.Unsubscribed,
        _ => Counts.Complained,
    };
}
