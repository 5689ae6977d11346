using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace Modular.Delivery.Submission;

/// <summary>How much one credential submits: a program that runs wild is told to come back, and the others notice nothing. Each process counts for itself.</summary>
internal sealed class SubmissionRates(IOptions<DeliverySettings> settings) : IDisposable
{
    private readonly int _aMinute = Math.Max(1, settings.Value.Submission.MaxRecipientsPerMinute);
    private readonly PartitionedRateLimiter<long> _buckets = Buckets(Math.Max(1, settings.Value.Submission.MaxRecipientsPerMinute));

    /// <summary>One message with more recipients than a minute has passes when nothing else did.</summary>
    public bool MaySend(long credentialId, int recipients)
    {
        using var lease = _buckets.AttemptAcquire(credentialId, Math.Min(recipients, _aMinute));
        return lease.IsAcquired;
    }

    public void Dispose() => _buckets.Dispose();

    private static PartitionedRateLimiter<long> Buckets(int aMinute) => PartitionedRateLimiter.Create<long, long>(id =>
        RateLimitPartition.GetTokenBucketLimiter(id, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = aMinute,
            TokensPerPeriod = Math.Max(1, aMinute / 60),
            ReplenishmentPeriod = TimeSpan.FromSeconds(aMinute < 60 ? 60.0 / aMinute : 1),
            QueueLimit = 0,
        }));
}
