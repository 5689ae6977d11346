using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

/// <summary><c>&lt;kit-icon name="check" /&gt;</c>: one drawing of the sprite, in the colour and size of the text around it.</summary>
[HtmlTargetElement("kit-icon", TagStructure = TagStructure.WithoutEndTag)]
public sealed class Icon : TagHelper
{
    /// <summary>The id of a symbol in <c>wwwroot/icons.svg</c>.</summary>
    public required string Name { get; set; }

    /// <summary>Says what the icon means where no word stands beside it; without it the icon is hidden from screen readers.</summary>
    public string? Label { get; set => field = value.OrNull(); }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = null;
        output.Content.SetHtmlContent(Of(Name, Label));
    }

    internal static IHtmlContent Of(string name, string? label = null) => label is null
        ? Markup.Of($"""<svg class="icon" aria-hidden="true"><use href="{Assets.Icons}#{name}"></use></svg>""")
        : Markup.Of($"""<svg class="icon" role="img" aria-label="{label}"><use href="{Assets.Icons}#{name}"></use></svg>""");
}
