using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

/// <summary>Instead of a list that has nothing: what it is for, one button (child content), a link to the manual.</summary>
[HtmlTargetElement("empty-state")]
public sealed class EmptyState : TagHelper
{
    public required string Title { get; set; }

    /// <summary>One sentence: what would stand here.</summary>
    public string? Detail { get; set => field = value.OrNull(); }

    public string Icon { get; set; } = "empty";

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var action = await output.GetChildContentAsync();
        output.Become("div", "empty");
        output.Content.SetHtmlContent(Markup.Of($"""
            {Components.Icon.Of(Icon)}<h2>{Title}</h2>{Markup.If(!string.IsNullOrEmpty(Detail), $"<p>{Detail}</p>")}{Markup.If(!action.IsEmptyOrWhiteSpace, $"""<div class="actions">{action}</div>""")}
            """));
    }
}

/// <summary>
/// Something to know before going on, with its own icon and tone. A fault says what happened, what it means for the mail, what to do.
/// </summary>
[HtmlTargetElement("notice-box")]
public sealed class NoticeBox : TagHelper
{
    public required string Title { get; set; }

    public Tone Tone { get; set; } = Tone.Neutral;

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var text = await output.GetChildContentAsync();
        output.Become("div", $"notice {Tone.Css()}");
        if (Tone is Tone.Bad) output.Attributes.SetAttribute("role", "alert");
        output.Content.SetHtmlContent(Markup.Of($"""
            {Components.Icon.Of(Tone is Tone.Neutral ? "info" : Tone.Icon())}<div><p class="notice-title">{Title}</p>{Markup.If(!text.IsEmptyOrWhiteSpace, $"{text}")}</div>
            """));
    }
}

/// <summary>Grey rows while something loads; they appear only after 200 ms, so that what is quick does not flash.</summary>
[HtmlTargetElement("loading-rows", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class LoadingRows : TagHelper
{
    public int Rows { get; set; } = 5;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.Become("div", "skeleton");
        output.Attributes.SetAttribute("aria-busy", "true");
        output.Content.SetHtmlContent(Markup.Of($"""
            <span class="unseen">{Text.Get("Loading")}</span>{Markup.Join(Enumerable.Repeat(Markup.Of($"<span></span>"), Rows))}
            """));
    }
}
