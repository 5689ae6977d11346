using Modular.Delivery.Submission;

namespace Modular.Delivery.Queue;

/// <summary>One recipient that this process has taken out of the queue and answers for until an outcome is committed.</summary>
internal sealed class Claimed
{
    public required TenantQueue Queue { get; init; }

    public required Claim Claim { get; init; }

    public required long RecipientId { get; init; }

    public required long CampaignId { get; init; }

    public required long ContactId { get; init; }

    public required EmailIndex Email { get; init; }

    /// <summary>The address's domain; empty for a test mail, whose address only its composed message names.</summary>
    public required string Domain { get; init; }

    /// <summary>Also the mail's Date: the same at every attempt, so that the bytes are.</summary>
    public required DateTimeOffset QueuedAt { get; init; }

    public required int Attempts { get; init; }

    /// <summary>Where it returns to when it is not tried after all: queued or deferred.</summary>
    public required DeliveryState State { get; init; }

    /// <summary>A test mail's own address, or a submitted mail's.</summary>
    public EmailAddress? TestTo { get; init; }

    /// <summary>Of mail that came whole, from a program or from the suite itself.</summary>
    public bool IsSubmitted => CampaignId is SubmittedTable.NoCampaign && TestTo is not null;

    public TenantId Tenant => Queue.Tenant;
}

/// <summary>A batch of them, one row in <c>claim</c>; deleted with its last outcome.</summary>
internal sealed class Claim(long claimId, int open)
{
    private int _open = open;

    public long ClaimId => claimId;

    /// <returns>Whether this was the last one.</returns>
    public bool Settle() => Interlocked.Decrement(ref _open) is 0;
}
