using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

/// <summary>Steps of which each is a part of the one it names as its base: audience, delivered, opened, clicked.</summary>
[HtmlTargetElement("step-funnel")]
public sealed class Funnel : TagHelper
{
    public required string Label { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var steps = new List<FunnelStage>();
        context.Items[typeof(Funnel)] = steps;
        await output.GetChildContentAsync();
        var whole = Math.Max(1, steps.Count > 0 ? steps.Max(step => step.Value) : 0);
        output.Become("ol", "funnel");
        output.Attributes.SetAttribute("aria-label", Label);
        output.Content.SetHtmlContent(Markup.Join(steps.Select(step => Line(step, whole))));
    }

    private static IHtmlContent Line(FunnelStage step, long whole)
    {
        var width = (100.0 * step.Value / whole).ToString("0.##", CultureInfo.InvariantCulture);
        var name = string.IsNullOrEmpty(step.Href) ? Markup.Of($"{step.Name}") : Markup.Of($"""<a href="{step.Href}">{step.Name}</a>""");
        var share = step.Of is { } of ? Show.PercentOf(step.Value, of, step.OfLabel ?? "") : "";
        return Markup.Of($"""
            <li><span class="name">{name}</span><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="{width}" height="10"></rect></svg><span class="num">{Show.Count(step.Value)}</span><span class="base">{share}</span></li>
            """);
    }
}

internal sealed record FunnelStage(string Name, long Value, long? Of, string? OfLabel, string? Href);

/// <summary><c>&lt;funnel-step name="Opened by people" value="8120" of="19420" of-label="delivered" /&gt;</c></summary>
[HtmlTargetElement("funnel-step", ParentTag = "step-funnel", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class FunnelStep : TagHelper
{
    public required string Name { get; set; }

    public long Value { get; set; }

    public long? Of { get; set; }

    public string? OfLabel { get; set => field = value.OrNull(); }

    public string? Href { get; set => field = value.OrNull(); }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        ((List<FunnelStage>)context.Items[typeof(Funnel)]).Add(new FunnelStage(Name, Value, Of, OfLabel, Href));
        output.SuppressOutput();
    }
}
