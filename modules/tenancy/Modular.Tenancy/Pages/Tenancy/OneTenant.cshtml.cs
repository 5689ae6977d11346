using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.Keys;
using Modular.Tenancy.Quotas;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Pages.Tenancy;

/// <summary>One tenant, as those see it who run the installation: how it lives and what it takes up, and none of its data.</summary>
[NeedsPermission(Permissions.InstallationManage)]
internal sealed class OneTenantModel(TenantBook book, TenantLife life, QuotaUse use, KeyRotation rotation, IKeyStore keys) : PageModel
{
    private Tenant? _tenant;

    /// <summary>Read before the page is shown.</summary>
    public Tenant Tenant => _tenant!;

    public IReadOnlyList<UsedUp> Used { get; private set; } = [];

    public IReadOnlyList<byte> Versions { get; private set; } = [];

    public RotationState? Rotation { get; private set; }

    public int Columns => rotation.Columns.Count;

    /// <summary>Why the act was not done; null when nothing was tried.</summary>
    public string? Fault { get; private set; }

    [BindProperty]
    public string? Reason { get; set; }

    public Task<IActionResult> OnGetAsync(string slug, CancellationToken ct) => ShowAsync(slug, ct);

    [NeedsStepUp]
    public async Task<IActionResult> OnPostSuspendAsync(string slug, CancellationToken ct) => await AnswerAsync(slug, (await life.SuspendAsync(slug, Reason?.Trim() ?? "", HttpContext.Caller.Actor, ct)).Fault, ct);

    [NeedsStepUp]
    public async Task<IActionResult> OnPostResumeAsync(string slug, CancellationToken ct) => await AnswerAsync(slug, (await life.ResumeAsync(slug, HttpContext.Caller.Actor, ct)).Fault, ct);

    [NeedsStepUp]
    public async Task<IActionResult> OnPostRotateAsync(string slug, CancellationToken ct) => await AnswerAsync(slug, (await rotation.StartAsync(slug, isForgetting: false, HttpContext.Caller.Actor, ct)).Fault, ct);

    private async Task<IActionResult> AnswerAsync(string slug, Fault? fault, CancellationToken ct)
    {
        if (fault is null) return Redirect("/installation/tenants/" + slug);
        Fault = fault.Detail;
        if (fault is BadReason) ModelState.AddModelError(nameof(Reason), fault.Detail);
        return await ShowAsync(slug, ct);
    }

    private async Task<IActionResult> ShowAsync(string slug, CancellationToken ct)
    {
        _tenant = await book.FindAsync(slug, ct);
        if (_tenant is null) return NotFound();
        Used = await use.FindAsync(_tenant, ct);
        Versions = keys.Has(_tenant.Id) ? keys.Versions(_tenant.Id) : [];
        Rotation = (await rotation.ListAsync(ct)).FirstOrDefault(r => r.Tenant == _tenant.Id);
        return Page();
    }
}
