using System.Globalization;

namespace Modular.Tenancy.Credentials;

/// <summary>How long the secret before stays good when a key or a credential is rotated.</summary>
internal static class Overlap
{
    public static readonly TimeSpan Usual = TimeSpan.FromHours(24);

    public static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>From hours in words; null when these are none from 0 to 720.</summary>
    public static TimeSpan? Read(string? hours) => hours is null ? Usual : int.TryParse(hours, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? Of(count) : null;

    /// <returns>Null when these are none from 0 to 720.</returns>
    public static TimeSpan? Of(int? hours) => hours is not { } count ? Usual : count >= 0 && count <= Longest.TotalHours ? TimeSpan.FromHours(count) : null;
}

/// <summary>When a key or a credential ends by itself.</summary>
internal static class Expiry
{
    public const int LongestDays = 3650;

    /// <param name="days">Null: never.</param>
    public static Result<DateTimeOffset?> After(int? days, DateTimeOffset now) => days switch
    {
        null => (DateTimeOffset?)null,
        < 1 or > LongestDays => new BadExpiry(),
        _ => now.AddDays(days.Value),
    };

    /// <inheritdoc cref="After(int?, DateTimeOffset)"/>
    public static Result<DateTimeOffset?> After(string? days, DateTimeOffset now) =>
        days is null ? (DateTimeOffset?)null
        : int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? After(count, now)
        : new BadExpiry();
}
