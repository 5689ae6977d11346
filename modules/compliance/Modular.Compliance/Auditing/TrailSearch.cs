using System.Globalization;
using System.Net;

namespace Modular.Compliance.Auditing;

/// <summary>What to look for in a trail; null anywhere: all.</summary>
/// <param name="Actor">In full; the word in front of the colon may be left out.</param>
/// <param name="Subject">In full, or its kind alone: <c>campaign</c>.</param>
/// <param name="Address">The client's.</param>
/// <param name="Since">From then on.</param>
/// <param name="Until">Before then.</param>
internal sealed record TrailSearch(string? Actor, string? Action, string? Subject, IPAddress? Address, bool? IsRefused, DateTimeOffset? Since, DateTimeOffset? Until)
{
    public static readonly TrailSearch All = new(null, null, null, null, null, null, null);

    private static readonly string[] Kinds = ["user:", "operator:", "key:", "cli:"];

    /// <summary>Actors are found by a keyed hash of the whole, so what was typed is tried with each word in front.</summary>
    public IEnumerable<string> ActorsMeant => Actor is null ? [] : [Actor, .. Kinds.Select(kind => kind + Actor)];

    /// <summary>Reads what stands in an address line; empty is absent.</summary>
    public static Result<TrailSearch> Read(string? actor, string? action, string? subject, string? address, string? outcome, string? since, string? until)
    {
        IPAddress? client = null;
        if (!string.IsNullOrWhiteSpace(address) && !IPAddress.TryParse(address.Trim(), out client)) return new BadAddress();
        bool? refused = null;
        if (!string.IsNullOrEmpty(outcome))
        {
            if (outcome is not ("done" or "refused")) return new BadOutcome();
            refused = outcome is "refused";
        }
        if (!TryTime(since, isEnd: false, out var from)) return new BadTime("since");
        if (!TryTime(until, isEnd: true, out var to)) return new BadTime("until");
        return new TrailSearch(Text(actor), Text(action), Text(subject), client is { IsIPv4MappedToIPv6: true } ? client.MapToIPv4() : client, refused, from, to);
    }

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim().Replace("\0", "", StringComparison.Ordinal);

    /// <summary>A day or a moment (ISO 8601), in UTC unless it says otherwise; a day that ends a span is in it.</summary>
    private static bool TryTime(string? text, bool isEnd, out DateTimeOffset? time)
    {
        time = null;
        if (string.IsNullOrWhiteSpace(text)) return true;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            var start = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
            time = isEnd && day < DateOnly.MaxValue ? start.AddDays(1) : start;
            return true;
        }
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)) return false;
        time = moment;
        return true;
    }
}
