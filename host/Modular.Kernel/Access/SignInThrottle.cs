using System.Threading.RateLimiting;

namespace Modular.Kernel.Access;

/// <summary>
/// How many wrong passwords are borne, at all doors together. Only failures count, in three buckets that fill again by themselves: one for the account from this network, one for the
/// network, one for the account from anywhere. On a device where the person has signed in before only that device's bucket counts, so
/// that a stranger who tries and tries locks himself out, and never the owner.
/// </summary>
public sealed class SignInThrottle : IDisposable
{
    /// <summary>Ten at once, then one in 90 seconds: ten in 15 minutes.</summary>
    public const int PerAccountHere = 10;

    public const int PerNetwork = 60;

    public const int PerAccountAnywhere = 100;

    private readonly PartitionedRateLimiter<string> _accountHere = Bucket(PerAccountHere, TimeSpan.FromSeconds(90));
    private readonly PartitionedRateLimiter<string> _network = Bucket(PerNetwork, TimeSpan.FromSeconds(15));
    private readonly PartitionedRateLimiter<string> _accountAnywhere = Bucket(PerAccountAnywhere, TimeSpan.FromSeconds(36));

    /// <returns>How long to wait; null when an attempt may be made now.</returns>
    public TimeSpan? Wait(SignInAttempt attempt) => BucketsOf(attempt).Max(b => Wait(b.Buckets, b.Name));   // null only when none has to wait

    public void CountFailure(SignInAttempt attempt)
    {
        foreach (var (buckets, name) in BucketsOf(attempt)) buckets.AttemptAcquire(name).Dispose();
    }

    public void Dispose()
    {
        _accountHere.Dispose();
        _network.Dispose();
        _accountAnywhere.Dispose();
    }

    private (PartitionedRateLimiter<string> Buckets, string Name)[] BucketsOf(SignInAttempt a) => a switch
    {
        { Device: { } device } => [(_accountHere, $"{a.Account} {device}")],
        { IsProgram: true } => [(_accountHere, $"{a.Account} {a.Network}"), (_network, a.Network)],
        _ => [(_accountHere, $"{a.Account} {a.Network}"), (_network, a.Network), (_accountAnywhere, a.Account)],
    };

    private static TimeSpan? Wait(PartitionedRateLimiter<string> buckets, string name)
    {
        // Not by acquiring 0 permits: a bucket with the thousandth part of a token grants that.
        if (buckets.GetStatistics(name) is not { CurrentAvailablePermits: 0 }) return null;
        using var lease = buckets.AttemptAcquire(name);
        if (lease.IsAcquired) return null;
        return lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) && wait > TimeSpan.Zero ? wait : TimeSpan.FromSeconds(1);
    }

    private static PartitionedRateLimiter<string> Bucket(int size, TimeSpan oneMoreEach) => PartitionedRateLimiter.Create<string, string>(name =>
        RateLimitPartition.GetTokenBucketLimiter(name, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = size,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = oneMoreEach,
            QueueLimit = 0,
        }));
}

/// <param name="Account">Whatever tells one account from another, of all doors.</param>
/// <param name="Network">As <see cref="Web.AddressForm.NetworkOf"/> says it.</param>
/// <param name="Device">A device on which this person has signed in before; null when it is not known.</param>
/// <param name="IsProgram">It has no device to be known by, and a password that nobody guesses: what strangers try elsewhere does not lock it out.</param>
public sealed record SignInAttempt(string Account, string Network, string? Device = null, bool IsProgram = false);
