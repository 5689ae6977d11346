using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Contacts.Segments;

namespace Modular.Contacts.Pages.Contacts;

[NeedsPermission(Permissions.ContactsRead)]
internal sealed class SegmentsModel(SegmentBook book) : PageModel
{
    public IReadOnlyList<Segment> Segments { get; private set; } = [];

    public bool MayManage => HttpContext.Caller.May(Permissions.ListsManage) && IsWhole;

    /// <summary>A definition may name people and lists, so only those who reach all of them read it; others use it.</summary>
    public bool IsWhole => Reach.Of(HttpContext.Caller).IsWhole;

    public async Task OnGetAsync(CancellationToken ct) => Segments = await book.AllAsync(HttpContext.Caller.Tenant, ct);
}
