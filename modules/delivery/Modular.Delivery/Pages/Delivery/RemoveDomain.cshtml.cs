using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Delivery.Domains;
using Modular.Web.Kit.Components;

namespace Modular.Delivery.Pages.Delivery;

[NeedsPermission(Permissions.DeliveryManage)]
internal sealed class RemoveDomainModel(SendingDomains store) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "domain")]
    public string Domain { get; set; } = "";

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) =>
        (await store.ListAsync(HttpContext.Caller, ct)).Any(domain => domain.Domain == Domain) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!Confirmation.WasTyped(Request, Domain)) return await OnGetAsync(ct);
        var removed = await store.RemoveAsync(HttpContext.Caller, Domain, ct);
        return removed.IsOk ? Redirect("/delivery/domains") : NotFound();
    }
}
