namespace Modular.Delivery.Queue;

/// <summary>When a deferred message is tried again: delays that double up to a ceiling, until the give-up age (RFC 5321 §4.5.4.1).</summary>
internal sealed record RetrySchedule
{
    /// <summary>Share by which a delay may be longer or shorter, so that what was deferred together does not come back together.</summary>
    private const double Jitter = 0.1;

    /// <summary>Age alone ends nothing before this many attempts: a campaign that was paused for a week still gets a fair chance.</summary>
    private const int MinAttempts = 3;

    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMinutes(15);

    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromHours(4);

    public TimeSpan GiveUpAge { get; init; } = TimeSpan.FromDays(3);

    public int MaxAttempts { get; init; } = 100;

    /// <summary>Short enough to watch: what the built-in capture server defers comes back within seconds.</summary>
    public static RetrySchedule ForCapture { get; } = new()
    {
        FirstDelay = TimeSpan.FromSeconds(1),
        MaxDelay = TimeSpan.FromSeconds(8),
        GiveUpAge = TimeSpan.FromMinutes(10),
        MaxAttempts = 8,
    };

    /// <param name="attempts">How many there were, the one that was just deferred included.</param>
    /// <param name="jitter">0 to 1.</param>
    /// <returns>Null means: give up.</returns>
    public DateTimeOffset? NextTry(DateTimeOffset queuedAt, int attempts, DateTimeOffset now, double jitter)
    {
        var lastAt = queuedAt + GiveUpAge;
        if (attempts >= MaxAttempts || (now >= lastAt && attempts >= MinAttempts)) return null;

        var doublings = Math.Min(Math.Max(attempts - 1, 0), 30);
        var delay = TimeSpan.FromTicks((long)Math.Min(FirstDelay.Ticks * Math.Pow(2, doublings), MaxDelay.Ticks));
        var next = now + delay * (1 + Jitter * (2 * jitter - 1));
        return next > lastAt && now < lastAt ? lastAt : next;
    }
}
