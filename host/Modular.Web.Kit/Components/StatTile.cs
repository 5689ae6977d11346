using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

/// <summary>A row of figures that answers "how is it?" at a glance.</summary>
[HtmlTargetElement("stat-tiles")]
public sealed class StatTiles : TagHelper
{
    public override void Process(TagHelperContext context, TagHelperOutput output) => output.Become("dl", "tiles");
}

/// <summary>
/// <c>&lt;stat-tile label="Opened by people" value="408" of="19420" of-label="delivered" /&gt;</c>: a figure with its share and the share's base.
/// Child content, if any, is the small print instead.
/// </summary>
[HtmlTargetElement("stat-tile")]
public sealed class StatTile : TagHelper
{
    public required string Label { get; set; }

    public long? Value { get; set; }

    /// <summary>Shown instead of <see cref="Value"/> where the figure is no count: a rate, a time.</summary>
    [HtmlAttributeName("text")]
    public string? Figure { get; set => field = value.OrNull(); }

    /// <summary>The base of the share; null shows no share.</summary>
    public long? Of { get; set; }

    /// <summary>What the base is: "delivered".</summary>
    public string? OfLabel { get; set => field = value.OrNull(); }

    /// <summary>The page that lists what was counted.</summary>
    public string? Href { get; set => field = value.OrNull(); }

    public Tone Tone { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var note = await output.GetChildContentAsync();
        var figure = Figure ?? (Value is { } value ? Show.Count(value) : "–");
        var share = !note.IsEmptyOrWhiteSpace ? Markup.Of($"{note}")
            : Of is { } whole && Value is { } part ? Markup.Of($"{Show.PercentOf(part, whole, OfLabel ?? "")}")
            : null;
        output.Become("div", $"tile {Tone.Css()}");
        output.Content.SetHtmlContent(Markup.Of($"""
            <dt>{(string.IsNullOrEmpty(Href) ? Markup.Of($"{Label}") : Markup.Of($"""<a href="{Href}">{Label}</a>"""))}</dt>
            <dd class="figure">{figure}</dd>{Markup.If(share is not null, $"""<dd class="base">{share}</dd>""")}
            """));
    }
}
