using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.Factors;

namespace Modular.Tenancy.Pages.Tenancy;

[ForEveryoneSignedIn, NeedsStepUp]
internal sealed class RemoveFactorModel(FactorBook book, FactorGate gate, OwnFactors own) : PageModel
{
    private Factor? _factor;

    /// <summary>Read before the page is shown.</summary>
    public Factor Factor => _factor!;

    public bool IsLast { get; private set; }

    /// <summary>Why it has to stay; null when it may go.</summary>
    public string? Blocked { get; private set; }

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct) => await FindAsync(id, ct) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(long id, CancellationToken ct)
    {
        if (!await FindAsync(id, ct)) return NotFound();
        if (Blocked is not null) return Page();
        return await own.RemoveAsync(HttpContext.Caller, Factor, IsLast, ct) ? Redirect("/account/factors") : NotFound();
    }

    private async Task<bool> FindAsync(long id, CancellationToken ct)
    {
        var factors = await book.ListAsync(HttpContext.Caller.PersonId, ct);
        if ((_factor = factors.FirstOrDefault(f => f.FactorId == id)) is null) return false;
        IsLast = factors.Count == 1;
        if (IsLast && await gate.WhoAsksAsync(HttpContext.Caller.PersonId, ct) is { } tenant) Blocked = new LastFactor(tenant).Detail;
        return true;
    }
}
