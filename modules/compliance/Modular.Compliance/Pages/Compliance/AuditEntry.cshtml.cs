using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Compliance.Auditing;

namespace Modular.Compliance.Pages.Compliance;

[NeedsPermission(Permissions.AuditRead)]
internal sealed class AuditEntryModel(TrailReader reader) : PageModel
{
    private AuditedDeed? _deed;

    /// <summary>Read before the page is shown.</summary>
    public AuditedDeed Deed => _deed!;

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        _deed = await reader.FindAsync(new Trail(HttpContext.Caller.Tenant), id, ct);
        return _deed is null ? NotFound() : Page();
    }
}
