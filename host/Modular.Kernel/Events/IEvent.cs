namespace Modular.Kernel.Events;

/// <summary>Something that happened in a tenant, in the past tense. Told through the outbox, in the teller's own transaction; kept as JSON, so records of values only.</summary>
public interface IEvent
{
    TenantId Tenant { get; }
}

/// <summary>
/// Hears one kind of event. Each hearer has its own outbox row, its own retries and its own transaction, and may hear the same event twice:
/// a repeat must change nothing.
/// </summary>
public interface IHandle<in TEvent> where TEvent : IEvent
{
    Task HandleAsync(TEvent e, CancellationToken ct);
}
