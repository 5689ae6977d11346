using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

/// <summary>Below a table: how many of how many, and the way on. Cursors are opaque; they ride in <c>?cursor=</c>.</summary>
[HtmlTargetElement("cursor-pager")]
public sealed class CursorPager : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!; // set by MVC

    /// <summary>Cursor of the next page; null at the end.</summary>
    public string? Next { get; set => field = value.OrNull(); }

    /// <summary>Cursor of the page before; null where the module does not page backwards: then the first page is offered.</summary>
    public string? Previous { get; set => field = value.OrNull(); }

    /// <summary>Rows on this page.</summary>
    public long Shown { get; set; }

    /// <summary>Rows in all pages; null when that would be dear to count.</summary>
    public long? Total { get; set; }

    /// <summary>What the rows are: "contacts".</summary>
    public required string Of { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var request = ViewContext.HttpContext.Request;
        var isFirst = request.Query["cursor"].ToString().Length is 0;
        var shown = Total is { } total
            ? Text.Get("ShownOf", Show.Count(Shown), Show.Count(total), Of)
            : Text.Get("Shown", Show.Count(Shown));
        var back = isFirst ? null
            : !string.IsNullOrEmpty(Previous) ? Link("Previous", "left", QueryLink.With(request, ("cursor", Previous)), "prev")
            : Link("FirstPage", "first", QueryLink.With(request), null);
        var on = string.IsNullOrEmpty(Next) ? null : Link("Next", "right", QueryLink.With(request, ("cursor", Next)), "next");
        output.Become("nav", "pager");
        output.Attributes.SetAttribute("aria-label", Text.Get("Pages"));
        output.Content.SetHtmlContent(Markup.Of($"""<p>{shown}</p><div>{back}{on}</div>"""));
    }

    private static Microsoft.AspNetCore.Html.IHtmlContent Link(string word, string icon, string href, string? rel) => rel is "next"
        ? Markup.Of($"""<a class="button" href="{href}" rel="next">{Text.Get(word)}{Icon.Of(icon)}</a>""")
        : Markup.Of($"""<a class="button" href="{href}"{Markup.Attribute("rel", rel)}>{Icon.Of(icon)}{Text.Get(word)}</a>""");
}
