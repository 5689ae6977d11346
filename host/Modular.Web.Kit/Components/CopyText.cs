using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

/// <summary><c>&lt;copy-text value="v=DKIM1; k=rsa; p=…" /&gt;</c>: exact text to paste elsewhere, with a button that copies it.</summary>
[HtmlTargetElement("copy-text", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class CopyText : TagHelper
{
    public required string Value { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.Become("span", "copy");
        output.Content.SetHtmlContent(Markup.Of($"""
            <code>{Value}</code><button type="button" class="button quiet icon-only with-script" data-copy="{Value}" aria-label="{Text.Get("Copy")}" title="{Text.Get("Copy")}">{Icon.Of("copy")}</button>
            """));
    }
}
