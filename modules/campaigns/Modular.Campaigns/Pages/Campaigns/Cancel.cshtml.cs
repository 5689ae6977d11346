using Microsoft.AspNetCore.Mvc;

namespace Modular.Campaigns.Pages.Campaigns;

/// <summary>Asks before a campaign is stopped for good, and says what that touches.</summary>
[NeedsPermission(Permissions.CampaignsSend)]
internal sealed class CancelModel : CampaignPage
{
    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct) => await LoadAsync(id, ct) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(long id, CancellationToken ct) => await ActAsync((s, r, a) => s.CancelAsync(r, id, a, ct), id, ct);
}
