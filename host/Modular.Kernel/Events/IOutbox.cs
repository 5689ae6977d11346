namespace Modular.Kernel.Events;

/// <summary>Tells events to everyone who hears them, once the teller's transaction commits. Served by the host.</summary>
public interface IOutbox
{
    /// <summary>Writes one row for each event and hearer into the tenant's <c>outbox</c> table, in <paramref name="transaction"/>.</summary>
    Task TellAsync(TenantTransaction transaction, IReadOnlyCollection<IEvent> events, CancellationToken ct);

    /// <summary>Says that rows may be waiting, so that they are heard at once and not at the next sweep. Called after commit; cheap.</summary>
    void Wake(TenantId tenant);
}
