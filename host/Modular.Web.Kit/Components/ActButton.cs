using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

/// <summary>
/// One act as one button: <c>&lt;act-button post="?handler=Pause" icon="pause"&gt;Pause&lt;/act-button&gt;</c> is a POST form with its token.
/// For acts that can be undone; others lead to a page with <c>confirm-act</c>.
/// </summary>
[HtmlTargetElement("act-button")]
public sealed class ActButton(IHtmlGenerator html) : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!; // set by MVC

    /// <summary>Where the form posts to; a query alone stays on this page.</summary>
    public required string Post { get; set; }

    /// <summary>A value to post along, as name and value.</summary>
    public string? Name { get; set => field = value.OrNull(); }

    public string? Value { get; set => field = value.OrNull(); }

    public string? Icon { get; set => field = value.OrNull(); }

    /// <summary>primary, danger, quiet; nothing for the ordinary button.</summary>
    public string? Kind { get; set => field = value.OrNull(); }

    /// <summary>Why the act is not possible now; shown on hover, and the button is off.</summary>
    public string? Blocked { get; set => field = value.OrNull(); }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var label = await output.GetChildContentAsync();
        output.Become("form", "act");
        output.Attributes.SetAttribute("method", "post");
        output.Attributes.SetAttribute("action", Post);
        var field = Markup.If(Name is not null, $"""<input type="hidden" name="{Name}" value="{Value}">""");
        var icon = string.IsNullOrEmpty(Icon) ? null : Components.Icon.Of(Icon);
        var off = Markup.If(!string.IsNullOrEmpty(Blocked), $""" disabled title="{Blocked}" """);
        output.Content.SetHtmlContent(Markup.Of(
            $"""{html.GenerateAntiforgery(ViewContext)}{field}<button class="button {Kind}"{off}>{icon}{label}</button>"""));
    }
}
