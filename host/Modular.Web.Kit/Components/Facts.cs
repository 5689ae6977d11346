using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

/// <summary>What is known about one thing, as names and values.</summary>
[HtmlTargetElement("fact-list")]
public sealed class FactList : TagHelper
{
    public override void Process(TagHelperContext context, TagHelperOutput output) => output.Become("dl", "facts");
}

/// <summary><c>&lt;fact-row label="From"&gt;news@acme.example&lt;/fact-row&gt;</c>; an empty value is a dash.</summary>
[HtmlTargetElement("fact-row", ParentTag = "fact-list")]
public sealed class FactRow : TagHelper
{
    public required string Label { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var value = await output.GetChildContentAsync();
        output.Become("div", "fact");
        output.Content.SetHtmlContent(value.IsEmptyOrWhiteSpace
            ? Markup.Of($"""<dt>{Label}</dt><dd class="none">–</dd>""")
            : Markup.Of($"<dt>{Label}</dt><dd>{value}</dd>"));
    }
}
