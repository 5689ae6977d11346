using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Kernel.Auditing;
using Modular.Kernel.Web;
using Modular.Tenancy.Agreement;
using Modular.Tenancy.Factors;
using Modular.Tenancy.OwnAccount;
using Modular.Tenancy.Sessions;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Pages.Tenancy;

[ForEveryoneSignedIn]
internal sealed class AccountModel(OwnAccountBook book, SessionBook sessions, FactorBook factors, AgreementBook agreements, OwnDataFile file, Deeds deeds) : PageModel
{
    private AccountFacts? _account;

    /// <summary>Read before the page is shown.</summary>
    public AccountFacts Account => _account!;

    public IReadOnlyList<OwnMembership> Memberships { get; private set; } = [];

    public IReadOnlyList<Acceptance> Agreements { get; private set; } = [];

    public int Sessions { get; private set; }

    public int Factors { get; private set; }

    [BindProperty(SupportsGet = true, Name = "changed")]
    public bool IsChanged { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var userId = HttpContext.Caller.PersonId;
        if ((_account = await book.FindAsync(userId, ct)) is null) return Forbid();
        Memberships = await book.MembershipsAsync(userId, ct);
        Agreements = await agreements.OfPersonAsync(userId, ct);
        Sessions = (await sessions.ListAsync(userId, ct)).Count;
        Factors = (await factors.ListAsync(userId, ct)).Count;
        return Page();
    }

    [NeedsStepUp]
    public async Task<IActionResult> OnPostDownloadAsync(CancellationToken ct)
    {
        var caller = HttpContext.Caller;
        if (await file.WriteAsync(caller, HttpContext.Client.Address, ct) is not { } json) return Forbid();
        await deeds.RecordAsync(caller.OwnTenant, new AuditEntry(caller.Actor, "user.data-downloaded", AddressDeeds.SubjectOf(caller.PersonId)), ct);
        return File(json, "application/json", "my-data.json");
    }
}
