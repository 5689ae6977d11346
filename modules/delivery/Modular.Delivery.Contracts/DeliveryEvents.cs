using System.Text.Json.Serialization;

namespace Modular.Delivery;

/// <summary>A recipient's mail was refused for good: in session (5xx), or by a report that came later. Delivered is not told, it is asked (<see cref="IDeliveries.CountAsync"/>).</summary>
/// <param name="CampaignId">0, like <paramref name="ContactId"/>, for mail that a program submitted.</param>
/// <param name="IsHard">The address itself is dead: it may not be mailed again.</param>
/// <param name="Status">Enhanced status, as in <c>5.1.1</c>; null when none was given.</param>
/// <param name="Reason">The far side's words, without the address.</param>
public sealed record RecipientBounced(
    TenantId Tenant, long CampaignId, long RecipientId, long ContactId, EmailIndex Email, bool IsHard, string? Status, string Reason, DateTimeOffset At) : IEvent
{
    /// <summary>Status and reason in one.</summary>
    [JsonIgnore]
    public string Words => FarSide.Words(Status, Reason);
}

/// <summary>A recipient reported the mail as spam (ARF, RFC 5965).</summary>
/// <param name="Source">Who passed it on, as in <c>feedback loop of example.com</c>.</param>
public sealed record RecipientComplained(
    TenantId Tenant, long CampaignId, long RecipientId, long ContactId, EmailIndex Email, string Source, DateTimeOffset At) : IEvent;

/// <summary>What became of one recipient of a mail that a program submitted. Told when it failed, and when its sender wanted to hear that it did not (RFC 3461 §4.1).</summary>
/// <param name="Status">Enhanced status; null when none was given.</param>
/// <param name="Words">The far side's words, or ours; without the address.</param>
/// <param name="Server">Who said them; empty when nobody was asked.</param>
public sealed record SubmittedRecipientSettled(
    TenantId Tenant, long RecipientId, SubmittedOutcome Outcome, string? Status, string Words, string Server, DateTimeOffset At) : IEvent;

/// <summary>The answers that a sender may be owed.</summary>
public enum SubmittedOutcome
{
    Failed,

    /// <summary>Handed to a server that sends no confirmations.</summary>
    Relayed,

    /// <summary>Delivered, as the far side reports.</summary>
    Delivered,
}
