using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Delivery.Domains;

namespace Modular.Delivery.Pages.Delivery;

[NeedsPermission(Permissions.DeliveryRead)]
internal sealed class DomainModel(DomainKeys keys, DkimRotation rotation, TimeProvider time) : PageModel
{
    private IReadOnlyList<DomainKey> _keys = [];

    [BindProperty(SupportsGet = true, Name = "domain")]
    public string Domain { get; set; } = "";

    public bool MayManage => HttpContext.Caller.May(Permissions.DeliveryManage);

    public string? Fault { get; private set; }

    public IEnumerable<DomainKey> Of(DomainKeyState state) => _keys.Where(key => key.State == state);

    public bool IsOld => Of(DomainKeyState.Signing).Any(key => key.SignsSince < time.GetUtcNow() - DkimRotation.Age);

    public string Sentence => Of(DomainKeyState.Next).Any()
        ? "New keys wait until DNS has their records."
        : Of(DomainKeyState.Signing).FirstOrDefault() is { SignsSince: { } since } ? $"Its keys have signed since {since:d MMM yyyy}." : "";

    public Task<IActionResult> OnGetAsync(CancellationToken ct) => ShowAsync(ct);

    [NeedsPermission(Permissions.DeliveryManage)]
    public async Task<IActionResult> OnPostRenewAsync(CancellationToken ct) => await EndAsync((await rotation.RenewAsync(HttpContext.Caller, Domain, ct)).Fault, ct);

    [NeedsPermission(Permissions.DeliveryManage)]
    public async Task<IActionResult> OnPostSwitchAsync(CancellationToken ct) => await EndAsync((await rotation.SwitchAsync(HttpContext.Caller, Domain, ct)).Fault, ct);

    private async Task<IActionResult> EndAsync(Fault? fault, CancellationToken ct)
    {
        if (fault is null) return Redirect($"/delivery/domains/{Uri.EscapeDataString(Domain)}");
        Fault = fault.Detail;
        return await ShowAsync(ct);
    }

    private async Task<IActionResult> ShowAsync(CancellationToken ct) => (_keys = await keys.ListAsync(HttpContext.Caller, Domain, ct)).Count > 0 ? Page() : NotFound();
}
