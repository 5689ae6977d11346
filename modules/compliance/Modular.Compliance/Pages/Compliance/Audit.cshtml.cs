using System.Globalization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Modular.Compliance.Auditing;

namespace Modular.Compliance.Pages.Compliance;

[NeedsPermission(Permissions.AuditRead)]
internal sealed class AuditModel(AuditTrail trail) : PageModel
{
    private const int PageSize = 50;

    public IReadOnlyList<AuditedDeed> Rows { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Actions { get; private set; } = [];

    public string? Next { get; private set; }

    public async Task OnGetAsync(string? action, string? cursor, CancellationToken ct)
    {
        var tenant = HttpContext.Caller.Tenant;
        Actions = [.. (await trail.ActionsAsync(tenant, ct)).Select(a => new SelectListItem(a, a))];
        long? before = long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
        var page = Listing.Of(await trail.PageAsync(tenant, string.IsNullOrEmpty(action) ? null : action, before, PageSize + 1, ct), PageSize, deed => deed, deed => deed.Id.ToString(CultureInfo.InvariantCulture));
        (Rows, Next) = (page.Items, page.Next);
    }
}
