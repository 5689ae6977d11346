using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Modular.Web.Kit.Pages.Dashboard;

/// <summary>Where a visitor arrives: what every module has to say now, to this person.</summary>
[ForEveryoneSignedIn]
public sealed class IndexModel(IEnumerable<IDashboardPart> parts) : PageModel
{
    public IReadOnlyList<(string View, DashboardContent Content)> Parts { get; private set; } = [];

    public bool IsMoving => Parts.Any(part => part.Content.IsMoving);

    public string State => string.Join(' ', Parts.Select(part => part.Content.Sentence).OfType<string>()) is { Length: > 0 } said ? said : Text.Get("DashboardQuiet");

    public async Task OnGetAsync(CancellationToken ct)
    {
        var caller = HttpContext.Caller;
        var seen = new List<(string, DashboardContent)>();
        foreach (var part in parts.Where(part => caller.May(part.Permission)).OrderBy(part => part.Order))
        {
            if (await part.LookAsync(caller, ct) is { } content) seen.Add((part.View, content));
        }
        Parts = seen;
    }
}
