using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.Factors;

namespace Modular.Tenancy.Pages.Tenancy;

[ForEveryoneSignedIn]
internal sealed class EditFactorModel(FactorBook book) : PageModel
{
    private Factor? _factor;

    [BindProperty]
    public string? Name { get; set; }

    /// <summary>Read before the page is shown.</summary>
    public Factor Factor => _factor!;

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        if (!await FindAsync(id, ct)) return NotFound();
        Name = Factor.Name;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(long id, CancellationToken ct)
    {
        if (!await FindAsync(id, ct)) return NotFound();
        var renamed = await book.RenameAsync(HttpContext.Caller.PersonId, id, Name ?? "", ct);
        if (renamed.IsOk) return Redirect("/account/factors");
        ModelState.AddModelError(nameof(Name), renamed.Fault.Detail);
        return Page();
    }

    private async Task<bool> FindAsync(long id, CancellationToken ct) =>
        (_factor = (await book.ListAsync(HttpContext.Caller.PersonId, ct)).FirstOrDefault(f => f.FactorId == id)) is not null;
}
