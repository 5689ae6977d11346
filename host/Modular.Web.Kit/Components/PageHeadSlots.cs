using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

/// <summary>A place above this page: <c>&lt;page-crumb href="/campaigns"&gt;Campaigns&lt;/page-crumb&gt;</c>.</summary>
[HtmlTargetElement("page-crumb", ParentTag = "page-head")]
public sealed class PageCrumb : TagHelper
{
    public required string Href { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var label = await output.GetChildContentAsync();
        PageHeadParts.In(context).Crumbs.Add(Markup.Of($"""<li><a href="{Href}">{label}</a></li>"""));
        output.SuppressOutput();
    }
}

/// <summary>Top right of the head: one primary action, quiet ones before it.</summary>
[HtmlTargetElement("page-actions", ParentTag = "page-head")]
public sealed class PageActions : TagHelper
{
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        PageHeadParts.In(context).Actions = await output.GetChildContentAsync();
        output.SuppressOutput();
    }
}

/// <summary>The state sentence when it holds markup: a time, a link.</summary>
[HtmlTargetElement("page-state", ParentTag = "page-head")]
public sealed class PageState : TagHelper
{
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        PageHeadParts.In(context).State = await output.GetChildContentAsync();
        output.SuppressOutput();
    }
}

/// <summary>Beside the name: a <c>state-badge</c>.</summary>
[HtmlTargetElement("page-badge", ParentTag = "page-head")]
public sealed class PageBadge : TagHelper
{
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        PageHeadParts.In(context).Badge = await output.GetChildContentAsync();
        output.SuppressOutput();
    }
}
