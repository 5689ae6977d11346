using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Modular.Campaigns.Tracking;

namespace Modular.Campaigns.Pages.Campaigns.Public;

/// <summary>What a recipient may decide about the mail they get: stay or leave.</summary>
[AllowAnonymous, IgnoreAntiforgeryToken]
internal sealed class PreferencesModel : PublicPage
{
    /// <summary>What was chosen; null before.</summary>
    public string? Choice { get; private set; }

    public async Task<IActionResult> OnGetAsync(string token, CancellationToken ct) => await ReadAsync(token, LinkKind.Preferences, ct) ?? Page();

    public async Task<IActionResult> OnPostAsync(string token, CancellationToken ct)
    {
        if (await ReadAsync(token, LinkKind.Preferences, ct) is { } refusal) return refusal;
        var choice = (await FormAsync(ct))["choice"].ToString();
        if (choice is not ("stay" or "leave")) return BadRequest();
        if (choice == "leave" && !await UnsubscribeAsync("preferences page", ct)) return NotFound();
        Choice = choice;
        return Page();
    }
}
