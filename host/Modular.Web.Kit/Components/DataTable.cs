using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

/// <summary>
/// A table with a sticky head. Cells of numbers carry <c>class="num"</c>, cells a phone can spare <c>class="wide"</c>; a column that is
/// empty on this page is hidden on narrow screens by itself.
/// </summary>
[HtmlTargetElement("data-table")]
public sealed class DataTable : TagHelper
{
    /// <summary>What the rows are, for screen readers.</summary>
    public required string Label { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var rows = await output.GetChildContentAsync();
        output.Become("div", "table-frame");
        // On a phone a wide table scrolls inside its frame: arrows must be able to do that, so it takes the focus.
        output.Attributes.SetAttribute("role", "region");
        output.Attributes.SetAttribute("aria-label", Label);
        output.Attributes.SetAttribute("tabindex", "0");
        output.Content.SetHtmlContent(Markup.Of($"""<table class="data"><caption class="unseen">{Label}</caption>{rows}</table>"""));
    }
}

/// <summary>A column head that sorts: <c>&lt;th sort="name"&gt;</c> links to <c>?sort=name</c>, and to <c>?sort=-name</c> when it is sorted already.</summary>
[HtmlTargetElement("th", Attributes = "sort")]
public sealed class SortedColumn : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!; // set by MVC

    /// <summary>The column's name in the address.</summary>
    public required string Sort { get; set; }

    /// <summary>This is how the rows stand when the address does not say: 1 ascending, -1 descending, 0 not sorted by this.</summary>
    public int SortDefault { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var label = await output.GetChildContentAsync();
        var request = ViewContext.HttpContext.Request;
        var asked = request.Query["sort"].ToString();
        var direction = asked == Sort ? 1 : asked == "-" + Sort ? -1 : asked.Length is 0 ? SortDefault : 0;
        output.Attributes.SetAttribute("scope", "col");
        if (direction is not 0) output.Attributes.SetAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
        var href = QueryLink.With(request, ("sort", direction > 0 ? "-" + Sort : Sort));
        var icon = direction switch { > 0 => Icon.Of("up"), < 0 => Icon.Of("down"), _ => Icon.Of("sort") };
        output.Content.SetHtmlContent(Markup.Of($"""<a href="{href}">{label}{icon}</a>"""));
    }
}
