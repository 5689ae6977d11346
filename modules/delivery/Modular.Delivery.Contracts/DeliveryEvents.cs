using System.Text.Json.Serialization;

namespace Modular.Delivery;

/// <summary>A recipient's mail was refused for good: in session (5xx), or by a report that came later. Delivered is not told, it is asked (<see cref="IDeliveries.CountAsync"/>).</summary>
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
