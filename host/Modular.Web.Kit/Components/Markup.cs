using System.Globalization;
using Microsoft.AspNetCore.Html;

namespace Modular.Web.Kit.Components;

/// <summary>Markup written as an interpolated string: every hole is HTML-encoded unless it is markup itself.</summary>
internal static class Markup
{
    public static IHtmlContent Of(FormattableString markup) =>
        new HtmlFormattableString(CultureInfo.InvariantCulture, markup.Format, markup.GetArguments());

    /// <summary>The markup when <paramref name="when"/> holds, nothing otherwise.</summary>
    public static IHtmlContent If(bool when, FormattableString markup) => when ? Of(markup) : HtmlString.Empty;

    /// <summary>The attribute with a leading space, or nothing when the value is null.</summary>
    public static IHtmlContent Attribute(string name, string? value) =>
        value is null ? HtmlString.Empty : Of($" {new HtmlString(name)}=\"{value}\"");

    public static IHtmlContent Join(IEnumerable<IHtmlContent> parts)
    {
        var all = new HtmlContentBuilder();
        foreach (var part in parts) all.AppendHtml(part);
        return all;
    }
}
