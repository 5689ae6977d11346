using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

/// <summary>
/// Where a whole went: one bar whose parts sum to <c>total</c>, and a list of the parts. What no part accounts for is shown as such,
/// never spread over the others.
/// </summary>
[HtmlTargetElement("share-bar")]
public sealed class ShareBar : TagHelper
{
    private const double Width = 1000;

    /// <summary>What the whole is: "Audience".</summary>
    public required string Label { get; set; }

    public long Total { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var shares = new List<ShareOfWhole>();
        context.Items[typeof(ShareBar)] = shares;
        await output.GetChildContentAsync();
        var missing = Total - shares.Sum(share => share.Value);
        if (missing > 0) shares.Add(new ShareOfWhole(Text.Get("NotAccounted"), missing, "rest", null));

        output.Become("figure", "share-bar");
        output.Content.SetHtmlContent(Markup.Of($"""
            <figcaption>{Label} <b>{Show.Count(Total)}</b></figcaption>
            <svg viewBox="0 0 {(int)Width} 12" preserveAspectRatio="none" aria-hidden="true">{Bar(shares)}</svg>
            <ul>{Markup.Join(shares.Select(Line))}</ul>
            """));
    }

    private IHtmlContent Bar(List<ShareOfWhole> shares)
    {
        if (Total <= 0) return HtmlString.Empty;
        var parts = new HtmlContentBuilder();
        var start = 0.0;
        foreach (var share in shares.Where(share => share.Value > 0))
        {
            var width = Width * share.Value / Total;
            parts.AppendHtml(Markup.Of($"""<rect class="{share.Css}" x="{Number(start)}" y="0" width="{Number(width)}" height="12"></rect>"""));
            start += width;
        }
        return parts;
    }

    private IHtmlContent Line(ShareOfWhole share)
    {
        var name = string.IsNullOrEmpty(share.Href) ? Markup.Of($"{share.Name}") : Markup.Of($"""<a href="{share.Href}">{share.Name}</a>""");
        return Markup.Of($"""
            <li><span class="swatch {share.Css}"></span><span class="name">{name}</span><span class="num">{Show.Count(share.Value)}</span><span class="num percent">{Show.Percent(share.Value, Total)}</span></li>
            """);
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}

internal sealed record ShareOfWhole(string Name, long Value, string Css, string? Href);

/// <summary>One part of a <c>share-bar</c>: <c>&lt;bar-share state="delivered" value="19420" href="…" /&gt;</c></summary>
[HtmlTargetElement("bar-share", ParentTag = "share-bar", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class BarShare : TagHelper
{
    /// <summary>The state's stored word; it also picks the colour.</summary>
    public required string State { get; set; }

    /// <summary>The name shown, where the state's word is not enough.</summary>
    public string? Name { get; set => field = value.OrNull(); }

    public long Value { get; set; }

    public string? Href { get; set => field = value.OrNull(); }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var key = Show.Key(State).Replace('_', '-');
        ((List<ShareOfWhole>)context.Items[typeof(ShareBar)]).Add(new ShareOfWhole(Name ?? Show.Word(State), Value, "share-" + key, Href));
        output.SuppressOutput();
    }
}
