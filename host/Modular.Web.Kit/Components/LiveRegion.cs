using System.Globalization;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

/// <summary>
/// A part of a page that moves by itself while <c>active</c>: the browser asks for this same address again and takes the element with the
/// same id out of the answer. When the page renders it with <c>active="false"</c>, the asking stops. Without script it is simply a part of the page.
/// </summary>
[HtmlTargetElement("live-region")]
public sealed class LiveRegion : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!; // set by MVC

    public required string Id { get; set; }

    /// <summary>Whether the thing can still change by itself.</summary>
    public bool Active { get; set; }

    /// <summary>Seconds between two looks, 1 to 60.</summary>
    public int Every { get; set; } = 2;

    /// <summary>An address that answers less than the whole page, but holds the element; null: this page.</summary>
    public string? Src { get; set => field = value.OrNull(); }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.Become("div", "live");
        output.Attributes.SetAttribute("id", Id);
        if (!Active) return;
        var request = ViewContext.HttpContext.Request;
        output.Attributes.SetAttribute("hx-get", Src ?? request.PathBase + request.Path + request.QueryString);
        output.Attributes.SetAttribute("hx-trigger", string.Create(CultureInfo.InvariantCulture, $"every {Math.Clamp(Every, 1, 60)}s, look"));
        output.Attributes.SetAttribute("hx-select", "#" + Id);
        output.Attributes.SetAttribute("hx-swap", "outerHTML");
        output.Attributes.SetAttribute("hx-sync", "this:drop");
        output.Attributes.SetAttribute("data-live", "");
    }
}
