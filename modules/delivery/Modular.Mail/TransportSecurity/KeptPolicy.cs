namespace Modular.Mail.TransportSecurity;

/// <summary>A policy as it is kept from one delivery to the next.</summary>
/// <param name="Id">What the domain's record called it.</param>
public sealed record KeptPolicy(string Id, MtaStsPolicy Policy, DateTimeOffset FetchedAt)
{
    /// <summary>Also a policy whose id stays is fetched again, long before it runs out: else who can block one fetch could wait for that day (RFC 8461 §3.3, §10.2).</summary>
    private static readonly TimeSpan LongestRefresh = TimeSpan.FromDays(1);

    public bool IsValid(DateTimeOffset now) => now < FetchedAt + Policy.MaxAge;

    public bool WantsRefresh(DateTimeOffset now) => now - FetchedAt > (Policy.MaxAge / 2 < LongestRefresh ? Policy.MaxAge / 2 : LongestRefresh);
}

/// <summary>What is to be done about a domain's policy before mail goes to it (RFC 8461 §3.3, §5.1).</summary>
public enum PolicyStep
{
    /// <summary>What is kept, if anything, is what holds.</summary>
    Use,

    /// <summary>What is kept holds, and is fetched anew meanwhile.</summary>
    UseAndRefresh,

    /// <summary>The domain has a policy that we do not know: fetch it first. If that fails, what is kept holds, or there is none.</summary>
    FetchFirst,
}

/// <summary>When a policy is fetched. Pure.</summary>
public static class PolicyRefresh
{
    /// <summary>After a fetch that failed, the next is not tried sooner (RFC 8461 §3.3).</summary>
    public static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMinutes(5);

    /// <param name="id">What the domain's record says now; null when it has none, or could not be asked: neither ends what is kept (RFC 8461 §5.1).</param>
    /// <param name="kept">Null when nothing is kept.</param>
    /// <param name="failedAt">When the last fetch failed; null when it did not.</param>
    public static PolicyStep Decide(string? id, KeptPolicy? kept, DateTimeOffset? failedAt, DateTimeOffset now)
    {
        var mayFetch = failedAt is not { } failed || now - failed >= PauseAfterFailure;
        if (id is null || !mayFetch)
            return PolicyStep.Use;
        if (kept is null || !kept.IsValid(now) || kept.Id != id)
            return PolicyStep.FetchFirst;
        return kept.WantsRefresh(now) ? PolicyStep.UseAndRefresh : PolicyStep.Use;
    }
}
