namespace Modular.Tenancy;

/// <summary>A tenant's time is over, or nearly: what it had under way is not to begin again by itself.</summary>
public sealed record TenantDeactivated(TenantId Tenant, DateTimeOffset At) : IEvent;
