using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Modular.Web.Kit.Components;

namespace Modular.Web.Kit.Charts;

/// <summary>
/// A chart over time: the answer in a sentence, the drawing, and the table that it is drawn from. The script reads the table, so page and
/// picture cannot differ, and without script the table itself is there.
/// </summary>
[HtmlTargetElement("time-chart", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class TimeChart : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!; // set by MVC

    /// <summary>The question: "Opens and clicks by hour".</summary>
    public required string Label { get; set; }

    /// <summary>The answer: "Half of all opens came within three hours of sending."</summary>
    public required string Sentence { get; set; }

    /// <summary>What the numbers count: "opens", "mails".</summary>
    public required string Unit { get; set; }

    public required TimeSeries Series { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (Series.At.Count > TimeSeries.MaxPoints)
            throw new InvalidOperationException($"{Series.At.Count} points in '{Label}': group them, {TimeSeries.MaxPoints} is the most.");
        var zone = ViewContext.HttpContext.VisitorZone;
        var heads = Series.Lines.Select((line, i) => Markup.Of(
            $"""<th scope="col" class="num" data-line="{line.Name}">{line.Name}</th>"""));
        var rows = Series.At.Select((at, i) => Row(at, i, zone));
        var keys = Series.Lines.Select((line, i) => Markup.Of($"""<li><span class="swatch series-{i + 1}"></span>{line.Name}</li>"""));

        output.Become("figure", "chart");
        output.Attributes.SetAttribute("data-time-chart", "");
        output.Attributes.SetAttribute("data-unit", Unit);
        output.Content.SetHtmlContent(Markup.Of($"""
            <figcaption><h3>{Label}</h3><p>{Sentence}</p></figcaption>
            <ul class="chart-key">{Markup.Join(keys)}</ul>
            <div class="plot with-script" aria-hidden="true"></div>
            <details class="chart-table"><summary>{Text.Get("ShowTable")}</summary>
            <div class="table-frame" role="region" aria-label="{Label}" tabindex="0"><table class="data"><caption class="unseen">{Label}</caption><thead><tr><th scope="col">{Text.Get("Time")}</th>{Markup.Join(heads)}</tr></thead><tbody>{Markup.Join(rows)}</tbody></table></div></details>
            """));
    }

    private IHtmlContent Row(DateTimeOffset at, int index, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone).ToString("d MMM yyyy HH:mm", CultureInfo.CurrentCulture);
        var cells = Series.Lines.Select(line => Markup.Of($"""<td class="num" data-value="{line.Values[index]}">{Show.Count(line.Values[index])}</td>"""));
        return Markup.Of($"""<tr><th scope="row" data-at="{at.ToUnixTimeSeconds()}">{local}</th>{Markup.Join(cells)}</tr>""");
    }
}
