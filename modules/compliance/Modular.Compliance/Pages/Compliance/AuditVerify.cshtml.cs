using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Compliance.Auditing;

namespace Modular.Compliance.Pages.Compliance;

[NeedsPermission(Permissions.AuditRead)]
internal sealed class AuditVerifyModel(TrailVerification verification) : PageModel
{
    /// <summary>Null until it was asked for.</summary>
    public TrailVerdict? Verdict { get; private set; }

    public async Task OnPostAsync(CancellationToken ct) => Verdict = await verification.VerifyAsync(new Trail(HttpContext.Caller.Tenant), ct);
}
