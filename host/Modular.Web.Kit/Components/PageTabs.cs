using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

/// <summary>Facets of one thing, each a page of its own address.</summary>
[HtmlTargetElement("page-tabs")]
public sealed class PageTabs : TagHelper
{
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.Become("nav", "tabs");
        output.Attributes.SetAttribute("aria-label", Text.Get("Tabs"));
    }
}

[HtmlTargetElement("page-tab", ParentTag = "page-tabs")]
public sealed class PageTab : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!; // set by MVC

    public required string Href { get; set; }

    /// <summary>How many things the tab holds; null shows none.</summary>
    public long? Count { get; set; }

    /// <summary>Whether this is the page shown; null: decided by the path.</summary>
    public bool? Current { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var label = await output.GetChildContentAsync();
        var path = ViewContext.HttpContext.Request.Path.Value;
        var current = Current ?? string.Equals(Href.Split('?')[0], path, StringComparison.OrdinalIgnoreCase);
        output.Become("a", "tab");
        output.Attributes.SetAttribute("href", Href);
        if (current) output.Attributes.SetAttribute("aria-current", "page");
        output.Content.SetHtmlContent(Markup.Of(
            $"""<span>{label}</span>{Markup.If(Count is not null, $"""<span class="count">{Show.Count(Count ?? 0)}</span>""")}"""));
    }
}
