using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Campaigns.Drafting;

namespace Modular.Campaigns.Pages.Campaigns.Templates;

[NeedsPermission(Permissions.CampaignsRead)]
internal sealed class IndexModel(TemplateStore templates) : PageModel
{
    private const int Size = 50;

    [BindProperty(SupportsGet = true)]
    public string? Cursor { get; set; }

    public IReadOnlyList<Template> Templates { get; private set; } = [];

    public string? Next { get; private set; }

    public bool MayEdit => HttpContext.Caller.May(Permissions.CampaignsEdit);

    public async Task OnGetAsync(CancellationToken ct)
    {
        CampaignEndpoints.TryCursor(Cursor, out var before);
        Templates = await templates.ListAsync(HttpContext.Caller.Tenant, before, Size, ct);
        Next = Templates.Count < Size ? null : Templates[^1].TemplateId.ToString(CultureInfo.InvariantCulture);
    }
}
