using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Compliance.Suppressing;
using Modular.Web.Kit;

namespace Modular.Compliance.Pages.Compliance;

[NeedsPermission(Permissions.SuppressionRead)]
internal sealed class SuppressionsModel(SuppressionList list, ISealer sealer) : PageModel
{
    private const int PageSize = 50;

    private IReadOnlyDictionary<SuppressionReason, long> _counts = new Dictionary<SuppressionReason, long>();

    /// <summary>Searched for by POST, so that no address stands in a URL.</summary>
    [BindProperty]
    public string? Address { get; set; }

    public IReadOnlyList<Suppression> Rows { get; private set; } = [];

    public string? Next { get; private set; }

    public bool IsAbsent { get; private set; }

    public long Total => _counts.Values.Sum();

    public bool MayEdit => HttpContext.Caller.May(Permissions.SuppressionEdit);

    public long CountOf(string word) => SuppressionWords.TryParse(word, out var reason) ? _counts.GetValueOrDefault(reason) : 0;

    public static Tone ToneOf(SuppressionReason reason) => reason switch
    {
        SuppressionReason.Complaint => Tone.Bad,
        SuppressionReason.HardBounce => Tone.Warn,
        _ => Tone.Neutral,
    };

    public Task OnGetAsync(string? reason, string? cursor, CancellationToken ct) => ReadAsync(reason, cursor, ct);

    public async Task<IActionResult> OnPostFindAsync(CancellationToken ct)
    {
        if (!EmailAddress.TryParse(Address, out var address, out var fault))
        {
            ModelState.AddModelError(nameof(Address), fault);
        }
        else
        {
            var index = sealer.Index(HttpContext.Caller.Tenant, address);
            if (await list.FindAsync(HttpContext.Caller.Tenant, index, ct) is not null) return Redirect($"/suppressions/{index.Value:n}");
            IsAbsent = true;
        }
        await ReadAsync(null, null, ct);
        return Page();
    }

    private async Task ReadAsync(string? reason, string? cursor, CancellationToken ct)
    {
        var tenant = HttpContext.Caller.Tenant;
        _counts = await list.CountAsync(tenant, ct);
        SuppressionReason? only = SuppressionWords.TryParse(reason, out var known) ? known : null;
        (DateTimeOffset, Guid)? before = cursor is not null && SuppressionCursor.TryParse(cursor, out var place) ? place : null;
        var page = Listing.Of(await list.PageAsync(tenant, only, before, PageSize + 1, ct), PageSize, s => s, SuppressionCursor.Of);
        (Rows, Next) = (page.Items, page.Next);
    }
}
