using System.Globalization;

namespace Modular.Web.Kit;

/// <summary>Numbers, shares and times as people read them, in the culture of the request.</summary>
public static class Show
{
    /// <summary>12,400</summary>
    public static string Count(long number) => number.ToString("N0", CultureInfo.CurrentCulture);

    /// <summary>"2.1 %"; "&lt; 0.1 %" rather than a zero that is not one; a dash when there is no base.</summary>
    public static string Percent(long part, long whole)
    {
        if (whole <= 0) return "–";
        var percent = 100.0 * part / whole;
        if (part is 0 || part == whole) return percent.ToString("0", CultureInfo.CurrentCulture) + "\u00a0%";
        if (part > 0 && percent < 0.1) return Text.Get("UnderTenth");
        if (part < whole && percent > 99.9) percent = 99.9;
        return percent.ToString("0.0", CultureInfo.CurrentCulture) + "\u00a0%";
    }

    /// <summary>"2.1 % of 19,420 delivered": a share is never shown without its base.</summary>
    public static string PercentOf(long part, long whole, string of) => whole <= 0
        ? Text.Get("NoBase", of)
        : Text.Get("PercentOf", Percent(part, whole), Count(whole), of);

    /// <summary>"1,240/s"; below ten a second one decimal; below one in six seconds, by the minute.</summary>
    public static string Rate(double perSecond) => perSecond switch
    {
        <= 0 => "0/s",
        < 0.2 => (perSecond * 60).ToString("0.0", CultureInfo.CurrentCulture) + "/min",
        < 10 => perSecond.ToString("0.0", CultureInfo.CurrentCulture) + "/s",
        _ => perSecond.ToString("N0", CultureInfo.CurrentCulture) + "/s",
    };

    /// <summary>Bytes in powers of 1024: "12 KB", "3.4 MB".</summary>
    public static string Size(long bytes)
    {
        ReadOnlySpan<string> units = ["B", "KB", "MB", "GB", "TB"];
        double size = bytes;
        var unit = 0;
        for (; size >= 1024 && unit < units.Length - 1; unit++) size /= 1024;
        return size.ToString(unit is 0 || size >= 10 ? "0" : "0.0", CultureInfo.CurrentCulture) + "\u00a0" + units[unit];
    }

    /// <summary>A span in its two largest units: "850 ms", "12 s", "3 min 5 s", "2 h 10 min", "4 d 2 h".</summary>
    public static string Duration(TimeSpan span)
    {
        if (span < TimeSpan.Zero) span = TimeSpan.Zero;
        return span switch
        {
            { TotalSeconds: < 1 } => Unit((long)span.TotalMilliseconds, "ms"),
            { TotalMinutes: < 1 } => Unit((long)span.TotalSeconds, "s"),
            { TotalHours: < 1 } => Two(span.Minutes, "min", span.Seconds, "s"),
            { TotalDays: < 1 } => Two(span.Hours, "h", span.Minutes, "min"),
            _ => Two((long)span.TotalDays, "d", span.Hours, "h"),
        };

        static string Unit(long number, string unit) => Count(number) + "\u00a0" + unit;
        static string Two(long large, string largeUnit, long small, string smallUnit) =>
            small is 0 ? Unit(large, largeUnit) : Unit(large, largeUnit) + " " + Unit(small, smallUnit);
    }

    /// <summary>"about 3 min left", rounded so that it does not flicker.</summary>
    public static string TimeLeft(TimeSpan left) => left switch
    {
        { TotalSeconds: < 10 } => Text.Get("LeftSeconds"),
        { TotalSeconds: < 60 } => Text.Get("LeftAbout", Duration(TimeSpan.FromSeconds(Math.Ceiling(left.TotalSeconds / 10) * 10))),
        { TotalMinutes: < 60 } => Text.Get("LeftAbout", Duration(TimeSpan.FromMinutes(Math.Ceiling(left.TotalMinutes)))),
        { TotalDays: < 1 } => Text.Get("LeftAbout", Duration(TimeSpan.FromMinutes(Math.Ceiling(left.TotalMinutes / 10) * 10))),
        _ => Text.Get("LeftAbout", Duration(TimeSpan.FromHours(Math.Ceiling(left.TotalHours)))),
    };

    /// <summary>"just now", "3 minutes ago", "in 2 hours", "yesterday 14:05", "3 Nov", "3 Nov 2024".</summary>
    public static string Ago(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo zone)
    {
        var past = now - at;
        var local = TimeZoneInfo.ConvertTime(at, zone);
        var today = TimeZoneInfo.ConvertTime(now, zone);
        if (past < TimeSpan.FromSeconds(-30)) return Ahead(-past, local);
        if (past < TimeSpan.FromSeconds(45)) return Text.Get("JustNow");
        if (past < TimeSpan.FromMinutes(90)) return Plural("MinuteAgo", "MinutesAgo", past.TotalMinutes);
        if (past < TimeSpan.FromHours(12) || local.Date == today.Date) return Plural("HourAgo", "HoursAgo", past.TotalHours);
        if (local.Date == today.Date.AddDays(-1)) return Text.Get("Yesterday", local.ToString("HH:mm", CultureInfo.CurrentCulture));
        return local.ToString(local.Year == today.Year ? "d MMM" : "d MMM yyyy", CultureInfo.CurrentCulture);
    }

    private static string Ahead(TimeSpan ahead, DateTimeOffset local) => ahead switch
    {
        { TotalSeconds: < 90 } => Text.Get("InSeconds", Count((long)Math.Ceiling(ahead.TotalSeconds))),
        { TotalMinutes: < 90 } => Text.Get("InMinutes", Count((long)Math.Ceiling(ahead.TotalMinutes))),
        { TotalHours: < 24 } => Text.Get("InHours", Count((long)Math.Ceiling(ahead.TotalHours))),
        _ => local.ToString("d MMM yyyy HH:mm", CultureInfo.CurrentCulture),
    };

    /// <summary>"22 Nov 2026, 14:05:09 CET (UTC+01:00)"</summary>
    public static string Exact(DateTimeOffset at, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(at, zone);
        var offset = local.Offset == TimeSpan.Zero ? "UTC" : local.ToString("'UTC'zzz", CultureInfo.InvariantCulture);
        return local.ToString("d MMM yyyy, HH:mm:ss ", CultureInfo.CurrentCulture) + offset;
    }

    /// <summary>A stored state as a word: <c>given_up</c> and <c>GivenUp</c> are "Given up".</summary>
    public static string Word(string state)
    {
        var words = Key(state).Replace('_', ' ');
        return words.Length is 0 ? words : char.ToUpper(words[0], CultureInfo.CurrentCulture) + words[1..];
    }

    /// <summary>A state in snake case, whichever way its module spells it.</summary>
    internal static string Key(string state)
    {
        var key = new System.Text.StringBuilder(state.Length + 4);
        foreach (var letter in state)
        {
            if (char.IsUpper(letter) && key.Length > 0 && key[^1] != '_') key.Append('_');
            key.Append(letter is ' ' or '-' ? '_' : char.ToLowerInvariant(letter));
        }
        return key.ToString();
    }

    private static string Plural(string one, string many, double number)
    {
        var whole = Math.Max(1, (long)Math.Round(number));
        return Text.Get(whole is 1 ? one : many, Count(whole));
    }
}
