using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

internal static class TagOutput
{
    /// <summary>Adds to the classes that the page's author wrote on the tag.</summary>
    public static void AddClass(this TagHelperOutput output, string css)
    {
        var written = output.Attributes["class"]?.Value;
        var text = written is HtmlString html ? html.Value : written?.ToString();
        output.Attributes.SetAttribute("class", string.IsNullOrEmpty(text) ? css : $"{css} {text}");
    }

    /// <summary>Becomes an element with a start and an end tag, however the page's author closed it.</summary>
    public static void Become(this TagHelperOutput output, string tag, string css)
    {
        output.TagName = tag;
        output.TagMode = TagMode.StartTagAndEndTag;
        output.AddClass(css);
    }
}
