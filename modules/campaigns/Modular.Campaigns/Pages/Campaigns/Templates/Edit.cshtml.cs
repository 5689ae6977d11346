using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Campaigns.Drafting;

namespace Modular.Campaigns.Pages.Campaigns.Templates;

[NeedsPermission(Permissions.CampaignsEdit)]
internal sealed class EditModel(TemplateStore templates) : PageModel
{
    /// <summary>0: a new one.</summary>
    [BindProperty(SupportsGet = true)]
    public long Id { get; set; }

    [BindProperty]
    public ContentInput Input { get; set; } = new();

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (Id == 0) return Page();
        if (await templates.FindAsync(HttpContext.Caller.Tenant, Id, ct) is not { } template) return NotFound();
        Input = new ContentInput { Name = template.Name, Subject = template.Subject, Html = template.Html, Text = template.Text };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var (tenant, actor) = (HttpContext.Caller.Tenant, HttpContext.Caller.Actor);
        var saved = Id == 0 ? await templates.CreateAsync(tenant, Input.ToChange(), actor, ct) : await templates.ChangeAsync(tenant, Id, Input.ToChange(), actor, ct);
        if (saved.IsOk) return Redirect("/templates");
        ModelState.AddModelError(ContentInput.FieldOf(saved.Fault), saved.Fault.Detail);
        return Page();
    }
}
