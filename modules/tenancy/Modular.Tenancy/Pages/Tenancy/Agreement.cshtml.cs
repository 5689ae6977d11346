using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Modular.Tenancy.Agreement;
using Modular.Tenancy.Sessions;

namespace Modular.Tenancy.Pages.Tenancy;

[ForEveryoneSignedIn, OpenOnDetour(Path)]
internal sealed class AgreementModel(AgreementBook book, IStringLocalizer<Texts> texts) : PageModel
{
    public const string Path = "/agreement";

    private LicenceAgreement? _agreement;

    /// <summary>Read before the page is shown.</summary>
    public LicenceAgreement Agreement => _agreement!;

    public bool MustAccept => HttpContext.Caller.Detour == Path;

    /// <summary>The page that was asked for before; only a local address is gone to.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Return { get; set; }

    public async Task OnGetAsync(CancellationToken ct) => _agreement = await book.NewestAsync(ct);

    /// <param name="version">The one that was shown.</param>
    public async Task<IActionResult> OnPostAsync(int version, CancellationToken ct)
    {
        if (await book.AcceptAsync(HttpContext.Caller, version, ClientTrace.Of(HttpContext), ct)) return LocalRedirect(Url.IsLocalUrl(Return) ? Return : "/");
        await OnGetAsync(ct);
        ModelState.AddModelError("", texts["AgreementChanged"]);
        return Page();
    }
}
