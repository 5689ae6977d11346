using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

/// <summary><c>&lt;relative-time at="Model.SentAt" /&gt;</c>: "3 minutes ago", the exact time in the visitor's zone on hover; nothing when null.</summary>
[HtmlTargetElement("relative-time", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class RelativeTime(TimeProvider time) : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!; // set by MVC

    public DateTimeOffset? At { get; set; }

    /// <summary>Shows the exact time as text, for places where the moment itself is the point.</summary>
    public bool Exact { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = null;
        if (At is not { } at) return;
        var zone = ViewContext.HttpContext.VisitorZone;
        output.Content.SetHtmlContent(Of(at, time.GetUtcNow(), zone, Exact));
    }

    internal static IHtmlContent Of(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo zone, bool exact = false)
    {
        var stamp = at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var precise = Show.Exact(at, zone);
        return exact
            ? Markup.Of($"""<time datetime="{stamp}">{precise}</time>""")
            : Markup.Of($"""<time datetime="{stamp}" title="{precise}">{Show.Ago(at, now, zone)}</time>""");
    }
}
