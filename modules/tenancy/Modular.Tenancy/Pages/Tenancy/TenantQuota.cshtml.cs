using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Tenancy.Quotas;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Pages.Tenancy;

[NeedsPermission(Permissions.InstallationManage)]
internal sealed class TenantQuotaModel(TenantBook book, QuotaBook quotas) : PageModel
{
    private const long Megabyte = 1 << 20;

    private Tenant? _tenant;

    /// <summary>Read before the page is shown.</summary>
    public Tenant Tenant => _tenant!;

    [BindProperty]
    public QuotaInput Input { get; set; } = new();

    public async Task<IActionResult> OnGetAsync(string slug, CancellationToken ct)
    {
        _tenant = await book.FindAsync(slug, ct);
        if (_tenant is null) return NotFound();
        if (HttpMethods.IsPost(Request.Method)) return Page();   // what was typed stays
        var quota = await quotas.FindAsync(_tenant.Id, ct);
        Input = new QuotaInput { Contacts = quota.Contacts, MailsPerDay = quota.MailsPerDay, StorageMegabytes = quota.StorageBytes / Megabyte, Users = quota.Users };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string slug, CancellationToken ct)
    {
        if (Input.StorageMegabytes > long.MaxValue / Megabyte) ModelState.AddModelError("Input.StorageMegabytes", "That is more than there is.");
        if (!ModelState.IsValid) return await OnGetAsync(slug, ct);
        var set = await quotas.SetAsync(slug, new Quota(Input.Contacts, Input.MailsPerDay, Input.StorageMegabytes * Megabyte, Input.Users), HttpContext.Caller.Actor, ct);
        if (set.IsOk) return Redirect("/installation/tenants/" + slug);
        ModelState.AddModelError("", set.Fault.Detail);
        return await OnGetAsync(slug, ct);
    }
}

/// <summary>What was typed; null is no limit.</summary>
internal sealed class QuotaInput
{
    public long? Contacts { get; set; }

    public long? MailsPerDay { get; set; }

    public long? StorageMegabytes { get; set; }

    public long? Users { get; set; }
}
