namespace Modular.Delivery.Outbound;

/// <summary>
/// What one provider may be asked to take from us: connections at once and messages a second, over all destinations whose servers are its own. Holds no
/// clock, so that a rate can be proved.
/// </summary>
internal sealed class Shape(ShapeSettings settings, WarmUp warmUp)
{
    /// <summary>Who comes late, because the last reply took its time, catches up by as much.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private DateTimeOffset _nextAt = DateTimeOffset.MinValue;
    private int _connections;

    /// <summary>Messages over one connection; null for what the destination has.</summary>
    public int? MaxMessagesPerConnection => settings.MaxMessagesPerConnection is > 0 and var max ? max : null;

    /// <returns>False where it has as many connections as it may; <see cref="Close"/> must follow a true.</returns>
    public bool TryOpen()
    {
        lock (_lock)
        {
            if (settings.MaxConnections > 0 && _connections >= settings.MaxConnections) return false;
            _connections++;
            return true;
        }
    }

    public void Close()
    {
        lock (_lock) _connections--;
    }

    /// <summary>Zero when a message may be begun, which is then counted; else how long to wait before asking again.</summary>
    public TimeSpan TryBegin(DateTimeOffset now)
    {
        lock (_lock)
        {
            if (PerSecond(now) is not { } rate) return TimeSpan.Zero;
            if (_nextAt > now) return _nextAt - now;
            _nextAt = (_nextAt < now - Slack ? now - Slack : _nextAt) + TimeSpan.FromSeconds(1 / rate);
            return TimeSpan.Zero;
        }
    }

    /// <summary>How long nothing may be begun.</summary>
    public TimeSpan Wait(DateTimeOffset now)
    {
        lock (_lock) return PerSecond(now) is null || _nextAt <= now ? TimeSpan.Zero : _nextAt - now;
    }

    /// <summary>The tightest of its limits; null for none.</summary>
    private double? PerSecond(DateTimeOffset now)
    {
        double? rate = null;
        if (settings.PerSecond > 0) rate = settings.PerSecond;
        if (settings.PerHour > 0) rate = Math.Min(rate ?? double.MaxValue, settings.PerHour / 3_600.0);
        if (warmUp.PerDay(now) is { } daily) rate = Math.Min(rate ?? double.MaxValue, daily / 86_400.0);
        return rate;
    }
}

/// <summary>How many messages a day a provider gets from an address that it does not know yet: more each day, until there is no bound.</summary>
/// <param name="since">The first day; null for an address that is known.</param>
/// <param name="days">Messages of the first day, the second, and so on.</param>
internal sealed class WarmUp(DateOnly? since, IReadOnlyList<int> days)
{
    public int? PerDay(DateTimeOffset now)
    {
        if (since is not { } first) return null;
        var day = DateOnly.FromDateTime(now.UtcDateTime).DayNumber - first.DayNumber;
        return day >= days.Count ? null : days.Count is 0 ? null : Math.Max(1, days[Math.Max(day, 0)]);
    }
}
