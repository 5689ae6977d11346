using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Modular.Campaigns.Composing;
using Modular.Campaigns.Drafting;
using Modular.Contacts;

namespace Modular.Campaigns.Pages.Campaigns;

/// <summary>What is written: the words, the sender, and how it looks with a sample's values in it.</summary>
[NeedsPermission(Permissions.CampaignsRead)]
internal sealed class ContentModel(CampaignDrafts drafts, Preflight preflight, IProfiles profiles) : CampaignPage
{
    [BindProperty]
    public ContentInput Input { get; set; } = new();

    public IReadOnlyList<Finding> Findings { get; private set; } = [];

    public IReadOnlyList<FieldDefinition> Fields { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct)) return NotFound();
        Input = new ContentInput
        {
            Name = Campaign.Name,
            Subject = Campaign.Subject,
            FromName = Campaign.FromName,
            FromAddress = Campaign.FromAddress,
            ReplyTo = Campaign.ReplyTo,
            Html = Campaign.Html,
            Text = Campaign.Text,
        };
        await CheckAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(long id, CancellationToken ct)
    {
        if (!HttpContext.Caller.May(Permissions.CampaignsEdit)) return Forbid();
        var changed = await drafts.ChangeAsync(Reach, id, Input.ToChange(), HttpContext.Caller.Actor, ct);
        if (changed.IsOk) return Redirect($"/campaigns/{id}");
        if (!await LoadAsync(id, ct)) return NotFound();
        ModelState.AddModelError(ContentInput.FieldOf(changed.Fault), changed.Fault.Detail);
        await CheckAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostCopyAsync(long id, CancellationToken ct)
    {
        if (!HttpContext.Caller.May(Permissions.CampaignsEdit)) return Forbid();
        var copy = await drafts.CopyAsync(Reach, id, HttpContext.Caller.Actor, ct);
        return copy.IsOk ? Redirect($"/campaigns/{copy.Value.CampaignId}") : NotFound();
    }

    /// <summary>The mail with a sample's values, alone: it belongs into a frame that runs nothing.</summary>
    public async Task<IActionResult> OnGetPreviewAsync(long id, CancellationToken ct)
    {
        var tenant = HttpContext.Caller.Tenant;
        if (await drafts.FindAsync(Reach, id, ct) is not { } campaign) return NotFound();
        var fields = await profiles.FieldsAsync(tenant, ct);
        var html = Preview.Of(campaign.Html, fields);
        SandboxedHtml.Head(Response, html.Length);
        await Response.BodyWriter.WriteAsync(html, ct);
        return new EmptyResult();
    }

    private async Task CheckAsync(CancellationToken ct)
    {
        Response.Headers.ContentSecurityPolicy = Response.Headers.ContentSecurityPolicy + "; frame-src 'self'";
        if (!Campaign.IsDraft) return;
        var outcome = await preflight.CheckAsync(Reach, Campaign, ct);
        Findings = [.. outcome.Findings.Where(f => f.Code is "template" or "unsubscribe-missing")];
        Fields = outcome.Fields;
    }
}

/// <summary>A draft's words, as a form holds them.</summary>
internal sealed class ContentInput
{
    [Required(ErrorMessage = "Give it a name.")]
    public string? Name { get; set; }

    public string? Subject { get; set; }

    public string? FromName { get; set; }

    public string? FromAddress { get; set; }

    public string? ReplyTo { get; set; }

    public string? Html { get; set; }

    public string? Text { get; set; }

    public DraftChange ToChange() => new(Name ?? "", Subject ?? "", FromName ?? "", FromAddress ?? "", ReplyTo ?? "", Html ?? "", Text ?? "");

    /// <summary>Where in the form a fault belongs.</summary>
    public static string FieldOf(Fault fault) => fault.Field is { Length: > 0 } field ? $"Input.{char.ToUpperInvariant(field[0])}{field[1..]}" : "";
}
