using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

/// <summary>A row of values of one filter, each with how many rows it would leave.</summary>
[HtmlTargetElement("filter-links")]
public sealed class FilterLinks : TagHelper
{
    public required string Label { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.Become("nav", "filter-links");
        output.Attributes.SetAttribute("aria-label", Label);
    }
}

/// <summary><c>&lt;filter-link name="state" value="bounced" count="212"&gt;Bounced&lt;/filter-link&gt;</c>; an empty value takes the filter off.</summary>
[HtmlTargetElement("filter-link", ParentTag = "filter-links")]
public sealed class FilterLink : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!; // set by MVC

    public required string Name { get; set; }

    public string Value { get; set; } = "";

    public long? Count { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var label = await output.GetChildContentAsync();
        var request = ViewContext.HttpContext.Request;
        output.Become("a", "chip");
        output.Attributes.SetAttribute("href", QueryLink.With(request, (Name, Value)));
        if (request.Query[Name].ToString() == Value) output.Attributes.SetAttribute("aria-current", "true");
        output.Content.SetHtmlContent(Markup.Of(
            $"""<span>{label}</span>{Markup.If(Count is not null, $"""<span class="count">{Show.Count(Count ?? 0)}</span>""")}"""));
    }
}
