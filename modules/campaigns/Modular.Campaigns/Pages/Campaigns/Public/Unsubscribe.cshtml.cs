using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Modular.Campaigns.Tracking;

namespace Modular.Campaigns.Pages.Campaigns.Public;

/// <summary>
/// One click out. GET only asks, because scanners follow every link; POST does it: from a mail program (RFC 8058 §3.1), answered by an empty page
/// and no redirect, or from the button here. No sign-in and no token of ours guard it: the link itself is the right to do this.
/// </summary>
[AllowAnonymous, IgnoreAntiforgeryToken]
internal sealed class UnsubscribeModel : PublicPage
{
    /// <summary>The button was pressed.</summary>
    public bool IsDone { get; private set; }

    public async Task<IActionResult> OnGetAsync(string token, CancellationToken ct) => await ReadAsync(token, LinkKind.Unsubscribe, ct) ?? Page();

    public async Task<IActionResult> OnPostAsync(string token, CancellationToken ct)
    {
        if (await ReadAsync(token, LinkKind.Unsubscribe, ct) is { } refusal) return refusal;
        var form = await FormAsync(ct);
        var isOneClick = form["List-Unsubscribe"] == "One-Click";
        if (!isOneClick && form["confirm"] != "yes") return BadRequest();
        if (!await UnsubscribeAsync(isOneClick ? "one-click unsubscribe" : "unsubscribe link", ct)) return NotFound();
        if (isOneClick) return new EmptyResult();
        IsDone = true;
        return Page();
    }
}
