using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Modular.Campaigns.Drafting;

namespace Modular.Campaigns.Pages.Campaigns;

/// <summary>A new draft: a name, who it is from, and perhaps a template to begin with.</summary>
[NeedsPermission(Permissions.CampaignsEdit)]
internal sealed class NewModel(CampaignDrafts drafts, TemplateStore templates, Senders senders) : PageModel
{
    [BindProperty]
    public ContentInput Input { get; set; } = new();

    [BindProperty(SupportsGet = true)]
    public long Template { get; set; }

    public IReadOnlyList<SelectListItem> Templates { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        if (await senders.DomainsAsync(Reach.Of(HttpContext.Caller), ct) is [var first, ..]) Input.FromAddress = "news@" + first;
        Input.FromName = HttpContext.Caller.TenantName;
        await ListAsync(ct);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var template = Template > 0 ? await templates.FindAsync(HttpContext.Caller.Tenant, Template, ct) : null;
        var draft = Input.ToChange() with { Html = template?.Html ?? "", Text = template?.Text ?? "", Subject = string.IsNullOrWhiteSpace(Input.Subject) ? template?.Subject : Input.Subject };
        var created = await drafts.CreateAsync(Reach.Of(HttpContext.Caller), draft, HttpContext.Caller.Actor, ct);
        if (created.IsOk) return Redirect($"/campaigns/{created.Value.CampaignId}");
        ModelState.AddModelError(ContentInput.FieldOf(created.Fault), created.Fault.Detail);
        await ListAsync(ct);
        return Page();
    }

    private async Task ListAsync(CancellationToken ct) => Templates =
    [
        new SelectListItem("Nothing", "0", Template == 0),
        .. (await templates.ListAsync(HttpContext.Caller.Tenant, 0, CampaignDrafts.MaxPage, ct))
            .Select(t => new SelectListItem(t.Name, t.TemplateId.ToString(System.Globalization.CultureInfo.InvariantCulture), t.TemplateId == Template)),
    ];
}
