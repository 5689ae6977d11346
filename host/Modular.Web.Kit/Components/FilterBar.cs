using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

/// <summary>Filters above a table: a GET form, so that the address holds them and a link shares them. Keeps the chosen order.</summary>
[HtmlTargetElement("filter-bar")]
public sealed class FilterBar : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!; // set by MVC

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var fields = await output.GetChildContentAsync();
        var request = ViewContext.HttpContext.Request;
        var sort = request.Query["sort"].ToString();
        output.Become("form", "filters");
        output.Attributes.SetAttribute("method", "get");
        output.Attributes.SetAttribute("role", "search");
        output.Attributes.SetAttribute("aria-label", Text.Get("Filters"));
        output.Attributes.SetAttribute("data-filters", "");
        output.Content.SetHtmlContent(Markup.Of($"""
            {Markup.If(sort.Length > 0, $"""<input type="hidden" name="sort" value="{sort}">""")}{fields}<button class="button without-script">{Text.Get("Apply")}</button>
            """));
    }
}

/// <summary><c>&lt;filter-search name="q" label="Search" /&gt;</c></summary>
[HtmlTargetElement("filter-search")]
public sealed class FilterSearch : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!; // set by MVC

    public string Name { get; set; } = "q";

    public required string Label { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var value = ViewContext.HttpContext.Request.Query[Name].ToString();
        output.Become("label", "filter-search");
        output.Content.SetHtmlContent(Markup.Of($"""
            {Icon.Of("search")}<span class="unseen">{Label}</span><input type="search" name="{Name}" value="{value}" placeholder="{Label}" autocomplete="off">
            """));
    }
}

/// <summary><c>&lt;filter-day name="since" label="From" /&gt;</c>; sent as <c>2026-11-26</c>.</summary>
[HtmlTargetElement("filter-day")]
public sealed class FilterDay : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!; // set by MVC

    public required string Name { get; set; }

    public required string Label { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var value = ViewContext.HttpContext.Request.Query[Name].ToString();
        output.Become("label", "filter-select");
        output.Content.SetHtmlContent(Markup.Of($"""
            <span>{Label}</span><input type="date" name="{Name}" value="{value}">
            """));
    }
}

/// <summary><c>&lt;filter-select name="list" label="List" options="Model.Lists" /&gt;</c>; the empty choice comes by itself.</summary>
[HtmlTargetElement("filter-select")]
public sealed class FilterSelect : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!; // set by MVC

    public required string Name { get; set; }

    public required string Label { get; set; }

    public required IEnumerable<SelectListItem> Options { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var value = ViewContext.HttpContext.Request.Query[Name].ToString();
        var options = Options.Select(option =>
            Markup.Of($"""<option value="{option.Value}"{Markup.If(option.Value == value, $" selected")}>{option.Text}</option>"""));
        output.Become("label", "filter-select");
        output.Content.SetHtmlContent(Markup.Of($"""
            <span>{Label}</span><select name="{Name}"><option value="">{Text.Get("Any")}</option>{Markup.Join(options)}</select>
            """));
    }
}
