using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

/// <summary>
/// The top of every page: where it stands (<c>page-crumb</c>), the thing's name, one line that answers "how is it?", and the primary
/// action (<c>page-actions</c>). The name also becomes the browser tab's title.
/// </summary>
[HtmlTargetElement("page-head")]
public sealed class PageHead : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!; // set by MVC

    /// <summary>The thing's name.</summary>
    public required string Title { get; set; }

    /// <summary>How is it, in a sentence of plain text. For markup use <c>page-state</c>.</summary>
    public string? State { get; set => field = value.OrNull(); }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var parts = new PageHeadParts();
        context.Items[typeof(PageHeadParts)] = parts;
        await output.GetChildContentAsync();
        PageTitle.Set(ViewContext.HttpContext, Title);

        output.Become("header", "page-head");
        var crumbs = Markup.If(parts.Crumbs.Count > 0,
            $"""<nav class="crumbs" aria-label="{Text.Get("Breadcrumbs")}"><ol>{Markup.Join(parts.Crumbs)}</ol></nav>""");
        var state = parts.State ?? (string.IsNullOrEmpty(State) ? null : Markup.Of($"{State}"));
        output.Content.SetHtmlContent(Markup.Of($"""
            {crumbs}<div class="page-title"><h1>{Title}</h1>{Markup.If(parts.Badge is not null, $"{parts.Badge}")}</div>
            {Markup.If(parts.Actions is not null, $"""<div class="page-actions">{parts.Actions}</div>""")}
            {Markup.If(state is not null, $"""<p class="page-state">{state}</p>""")}
            """));
    }
}

internal sealed class PageHeadParts
{
    public List<IHtmlContent> Crumbs { get; } = [];

    public IHtmlContent? Actions { get; set; }

    public IHtmlContent? State { get; set; }

    public IHtmlContent? Badge { get; set; }

    public static PageHeadParts In(TagHelperContext context) => (PageHeadParts)context.Items[typeof(PageHeadParts)];
}
