namespace Modular.Web.Kit;

/// <summary>What a colour means here. Colour never stands alone: a word or an icon always goes with it.</summary>
public enum Tone
{
    /// <summary>Nothing to say: drafts, skipped, unknown.</summary>
    Neutral,

    /// <summary>At work now: sending, queued, importing.</summary>
    Busy,

    /// <summary>As wanted: delivered, active, finished.</summary>
    Good,

    /// <summary>Worth a look, may heal by itself: deferred, paused, held back.</summary>
    Warn,

    /// <summary>Wrong, or needs somebody: bounced, failed, complained.</summary>
    Bad,
}

internal static class Tones
{
    public static string Css(this Tone tone) => tone switch
    {
        Tone.Busy => "busy",
        Tone.Good => "good",
        Tone.Warn => "warn",
        Tone.Bad => "bad",
        _ => "neutral",
    };

    public static string Icon(this Tone tone) => tone switch
    {
        Tone.Busy => "busy",
        Tone.Good => "check",
        Tone.Warn => "warning",
        Tone.Bad => "fault",
        _ => "dot",
    };
}
