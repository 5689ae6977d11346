namespace Modular.Host.Outbox;

/// <summary>When an event that its hearer could not take is told again.</summary>
internal static class OutboxRetry
{
    /// <summary>After so many attempts, about nine hours of trouble, the row is parked: kept, logged, and left to a person.</summary>
    public const int MaxAttempts = 16;

    /// <param name="attempts">Made so far, from 1.</param>
    /// <param name="jitter">0 to 1, so that many rows that failed together do not come back together.</param>
    /// <returns>Null: park it.</returns>
    public static TimeSpan? Delay(int attempts, double jitter)
    {
        if (attempts >= MaxAttempts)
            return null;
        var seconds = Math.Min(Math.Pow(2, attempts), 3600);
        return TimeSpan.FromSeconds(seconds * (0.75 + jitter / 2));
    }
}
