using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

/// <summary>What happened to one thing, newest first.</summary>
[HtmlTargetElement("time-line")]
public sealed class Timeline : TagHelper
{
    public override void Process(TagHelperContext context, TagHelperOutput output) => output.Become("ol", "timeline");
}

/// <summary>One event; child content is its detail: the far side's words, a link, who did it.</summary>
[HtmlTargetElement("time-line-item", ParentTag = "time-line")]
public sealed class TimelineItem(TimeProvider time) : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!; // set by MVC

    public DateTimeOffset At { get; set; }

    public required string Title { get; set; }

    public Tone Tone { get; set; }

    /// <summary>A symbol of the sprite; the tone's own when not given.</summary>
    public string? Icon { get; set => field = value.OrNull(); }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var detail = await output.GetChildContentAsync();
        var at = RelativeTime.Of(At, time.GetUtcNow(), ViewContext.HttpContext.VisitorZone);
        output.Become("li", Tone.Css());
        output.Content.SetHtmlContent(Markup.Of($"""
            <span class="mark">{Components.Icon.Of(Icon ?? Tone.Icon())}</span><div><p><span class="event">{Title}</span> {at}</p>{Markup.If(!detail.IsEmptyOrWhiteSpace, $"""<div class="detail">{detail}</div>""")}</div>
            """));
    }
}
