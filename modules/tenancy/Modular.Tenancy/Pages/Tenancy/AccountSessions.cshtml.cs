using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Kernel.Auditing;
using Modular.Tenancy.Sessions;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Pages.Tenancy;

[ForEveryoneSignedIn]
internal sealed class AccountSessionsModel(SessionBook book, Entrance entrance, Deeds deeds) : PageModel
{
    public IReadOnlyList<ListedSession> Sessions { get; private set; } = [];

    public long? Current => HttpContext.Caller.SessionId;

    private long UserId => HttpContext.Caller.UserId ?? throw new InvalidOperationException("A page was opened by one who is no person.");

    public async Task OnGetAsync(CancellationToken ct) => Sessions = await book.ListAsync(UserId, ct);

    public async Task<IActionResult> OnPostEndAsync(long id, CancellationToken ct)
    {
        if (id == Current)
        {
            await entrance.LeaveAsync(HttpContext, ct);
            return Redirect("/sign-in");
        }
        if (!await book.RevokeAsync(UserId, id, ct)) return NotFound();
        await RecordAsync($"session/{id}", ct);
        return Redirect("/account/sessions");
    }

    public async Task<IActionResult> OnPostOthersAsync(CancellationToken ct)
    {
        if (Current is { } current && await book.RevokeOthersAsync(UserId, current, ct) > 0) await RecordAsync($"user/{UserId}", ct);
        return Redirect("/account/sessions");
    }

    /// <summary>The browser and its system, out of what it calls itself; good enough to recognise one's own.</summary>
    internal static string NameOf(string agent)
    {
        var browser = new[] { ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl") }.FirstOrDefault(b => agent.Contains(b.Item1, StringComparison.Ordinal)).Item2;
        var system = new[] { ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux") }.FirstOrDefault(s => agent.Contains(s.Item1, StringComparison.Ordinal)).Item2;
        return (browser, system) switch { (null, null) => "Unknown browser", (null, _) => system, (_, null) => browser, _ => $"{browser} on {system}" };
    }

    private Task RecordAsync(string subject, CancellationToken ct) =>
        deeds.RecordAsync(HttpContext.Caller.OwnTenant, new AuditEntry(HttpContext.Caller.Actor, "session.ended", subject), ct);
}
