using System.Globalization;
using System.Text;
using Modular.Mail.Text;

namespace Modular.Mail.Mime;

/// <summary>Date-times as header fields write them (RFC 5322 §3.3).</summary>
public static class MailDate
{
    private const int Octets = 31; // Thu, 01 Jan 2026 00:00:00 +0000

    private static readonly string[] Months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    /// <summary>Such as <c>Thu, 01 Jan 2026 09:30:00 +0100</c>, in the value's own offset.</summary>
    public static string Format(DateTimeOffset value) => string.Create(CultureInfo.InvariantCulture, $"{value:ddd, dd MMM yyyy HH:mm:ss} {OffsetOf(value):+0000;-0000;+0000}");

    internal static void Write(ref ByteCursor cursor, DateTimeOffset value)
    {
        var room = cursor.Room(Octets);
        value.TryFormat(room, out var date, "ddd, dd MMM yyyy HH:mm:ss ", CultureInfo.InvariantCulture);
        OffsetOf(value).TryFormat(room[date..], out var offset, "+0000;-0000;+0000", CultureInfo.InvariantCulture);
        cursor.Advance(date + offset);
    }

    /// <summary>
    /// Reads what senders write: with or without the day's name and seconds, two-digit years and named zones (RFC 5322 §4.3), comments,
    /// and a missing zone as UTC.
    /// </summary>
    public static bool TryParse(string text, out DateTimeOffset value)
    {
        value = default;
        var words = WithoutComments(text).Split([' ', '\t', ','], 12, StringSplitOptions.RemoveEmptyEntries);
        var start = words.Length > 0 && char.IsAsciiLetter(words[0][0]) ? 1 : 0;
        // 22-Nov-2026 is seen too.
        if (words.Length > start && words[start].Split('-') is { Length: 3 } pieces)
            words = [.. words[..start], .. pieces, .. words[(start + 1)..]];
        if (words.Length < start + 4 || !int.TryParse(words[start], NumberStyles.None, CultureInfo.InvariantCulture, out var day)
            || Array.FindIndex(Months, month => words[start + 1].StartsWith(month, StringComparison.OrdinalIgnoreCase)) is not (>= 0 and var month)
            || !int.TryParse(words[start + 2], NumberStyles.None, CultureInfo.InvariantCulture, out var year)
            || !TryParseTime(words[start + 3], out var time))
            return false;
        year += words[start + 2].Length switch { 2 when year < 50 => 2000, 2 or 3 => 1900, _ => 0 };
        if (year is < 1 or > 9998 || day < 1 || day > DateTime.DaysInMonth(year, month + 1))
            return false;
        var local = new DateTime(year, month + 1, day, 0, 0, 0, DateTimeKind.Unspecified) + time;
        value = new DateTimeOffset(local, ParseZone(words.Length > start + 4 ? words[start + 4] : ""));
        return true;
    }

    private static bool TryParseTime(string text, out TimeSpan time)
    {
        time = default;
        var pieces = text.Split(':', '.');
        Span<int> numbers = stackalloc int[3];
        for (var i = 0; i < Math.Min(pieces.Length, 3); i++)
        {
            if (!int.TryParse(pieces[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
                return false;
        }

        // Second 60 is a leap second.
        if (pieces.Length < 2 || numbers[0] > 23 || numbers[1] > 59 || numbers[2] > 60)
            return false;
        time = new TimeSpan(numbers[0], numbers[1], numbers[2]);
        return true;
    }

    private static TimeSpan ParseZone(string zone)
    {
        var named = zone.ToUpperInvariant() switch
        {
            "EDT" => -4,
            "EST" or "CDT" => -5,
            "CST" or "MDT" => -6,
            "MST" or "PDT" => -7,
            "PST" => -8,
            _ => 0,
        };
        if (zone is not ['+' or '-', ..] || !int.TryParse(zone.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return TimeSpan.FromHours(named);
        var minutes = number / 100 * 60 + number % 100;
        const int MostMinutes = 14 * 60; // the most that DateTimeOffset holds, and that any zone has
        return minutes > MostMinutes ? TimeSpan.Zero : TimeSpan.FromMinutes(zone[0] is '-' ? -minutes : minutes);
    }

    private static string WithoutComments(string text)
    {
        var kept = new StringBuilder(text.Length);
        var depth = 0;
        foreach (var c in text)
        {
            if (c is '(')
                depth++;
            else if (c is ')')
                depth = Math.Max(depth - 1, 0);
            else if (depth is 0)
                kept.Append(c);
        }

        return kept.ToString();
    }

    /// <summary>Hours times 100 plus minutes, with the sign.</summary>
    private static int OffsetOf(DateTimeOffset value) => value.Offset.Hours * 100 + value.Offset.Minutes;
}
