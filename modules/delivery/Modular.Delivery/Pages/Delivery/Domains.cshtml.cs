using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Delivery.Domains;

namespace Modular.Delivery.Pages.Delivery;

[NeedsPermission(Permissions.DeliveryRead)]
internal sealed class DomainsModel(SendingDomains store) : PageModel
{
    [BindProperty]
    public string? Domain { get; set; }

    public IReadOnlyList<SendingDomainJson> Domains { get; private set; } = [];

    public bool MayManage => HttpContext.Caller.May(Permissions.DeliveryManage);

    public bool MayAdd => MayManage && HttpContext.Caller.Limits.SendingDomains is null;

    public string Sentence => Domains.Count switch
    {
        0 => "Nothing can be sent before there is one.",
        1 => "One domain can be sent from.",
        var count => $"{count} domains can be sent from.",
    };

    public Task OnGetAsync(CancellationToken ct) => ReadAsync(ct);

    [NeedsPermission(Permissions.DeliveryManage)]
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var made = await store.CreateAsync(HttpContext.Caller, Domain ?? "", ct);
        if (made.IsOk) return Redirect("/delivery/domains");
        ModelState.AddModelError("Domain", made.Fault.Detail);
        await ReadAsync(ct);
        return Page();
    }

    private async Task ReadAsync(CancellationToken ct) => Domains = [.. (await store.ListAsync(HttpContext.Caller, ct)).Select(SendingDomainJson.Of)];
}
