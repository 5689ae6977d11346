using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Modular.Web.Kit.Components;

/// <summary>
/// <c>&lt;state-badge state="bounced" /&gt;</c>: a state as word, icon and colour. Known states bring their tone;
/// say <c>tone</c> for others. Child content replaces the word.
/// </summary>
[HtmlTargetElement("state-badge")]
public sealed class StateBadge : TagHelper
{
    /// <summary>The state's word as stored, such as <c>given_up</c>; shown as "Given up".</summary>
    public required string State { get; set; }

    public Tone? Tone { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var tone = Tone ?? ToneOf(State);
        var word = await output.GetChildContentAsync();
        output.TagName = "span";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.AddClass($"badge {tone.Css()}");
        output.Content.SetHtmlContent(Icon.Of(tone.Icon()));
        if (word.IsEmptyOrWhiteSpace) output.Content.Append(Show.Word(State));
        else output.Content.AppendHtml(word);
    }

    /// <summary>The suite's own states; a word that is not known here is neutral.</summary>
    internal static Tone ToneOf(string state) => Show.Key(state) switch
    {
        "active" or "delivered" or "done" or "finished" or "sent" or "verified" or "ok" or "completed" or "confirmed"
            or "added" or "opened" or "clicked" or "ready" or "succeeded" or "imported" => Kit.Tone.Good,
        "sending" or "queued" or "running" or "importing" or "preparing" or "reading" or "scheduled" or "claimed"
            or "merging" or "checking" or "waiting" or "starting" or "handed_over" => Kit.Tone.Busy,
        "deferred" or "paused" or "pausing" or "held_back" or "unconfirmed" or "expiring" or "retrying"
            or "partly" or "incompatible" => Kit.Tone.Warn,
        "bounced" or "failed" or "complained" or "given_up" or "refused" or "rejected" or "faulty" or "fault"
            or "error" or "blocked" or "invalid" => Kit.Tone.Bad,
        _ => Kit.Tone.Neutral,
    };
}
