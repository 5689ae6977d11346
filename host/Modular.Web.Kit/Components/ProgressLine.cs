using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

/// <summary>A long job's progress: bar, "12,400 of 20,000 mails · 62 %", rate and time left.</summary>
[HtmlTargetElement("progress-line", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class ProgressLine : TagHelper
{
    public long Value { get; set; }

    /// <summary>Null or zero while the size of the job is not known: the bar then only shows that it runs.</summary>
    public long? Total { get; set; }

    /// <summary>What is counted: "mails", "rows". <c>bytes</c> are said as sizes.</summary>
    public required string Unit { get; set; }

    /// <summary>Per second; null when the job does not run.</summary>
    public double? Rate { get; set; }

    /// <summary>Null: computed from the rate, when there is one.</summary>
    public TimeSpan? Left { get; set; }

    /// <summary>Bar and percentage on one line, for a table's cell.</summary>
    public bool Compact { get; set; }

    public Tone Tone { get; set; } = Tone.Busy;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var total = Total is > 0 ? Total : null;
        var counted = (Unit, total) switch
        {
            ("bytes", { } of) => Text.Get("CountOf", Show.Size(Value), Show.Size(of), ""),
            ("bytes", null) => Text.Get("CountSoFar", Show.Size(Value), ""),
            (_, { } of) => Text.Get("CountOf", Show.Count(Value), Show.Count(of), Unit),
            (_, null) => Text.Get("CountSoFar", Show.Count(Value), Unit),
        };
        var bar = total is { } max
            ? Markup.Of($"""<progress value="{Math.Min(Value, max)}" max="{max}" aria-label="{counted}"></progress>""")
            : Markup.Of($"""<progress aria-label="{counted}"></progress>""");
        var percent = total is { } whole ? Show.Percent(Value, whole) : "";
        var left = Left ?? (Rate is > 0 && total is { } end ? TimeSpan.FromSeconds((end - Value) / Rate.Value) : null);

        output.Become("div", $"progress {Tone.Css()}{(Compact ? " compact" : "")}");
        output.Content.SetHtmlContent(Compact
            ? Markup.Of($"""{bar}<span class="progress-percent">{percent}</span>{Markup.If(Rate is not null, $"""<span class="progress-rate">{Show.Rate(Rate ?? 0)}</span>""")}""")
            : Markup.Of($"""
                {bar}<p><span class="progress-count">{counted}</span>{Markup.If(percent.Length > 0, $"""<span class="progress-percent">{percent}</span>""")}{Markup.If(Rate is not null, $"""<span class="progress-rate">{Show.Rate(Rate ?? 0)}</span>""")}{Markup.If(left is not null && Value < total, $"""<span class="progress-left">{Show.TimeLeft(left ?? default)}</span>""")}</p>
                """));
    }
}
