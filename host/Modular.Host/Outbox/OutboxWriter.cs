
namespace Modular.Host.Outbox;

/// <summary>Writes one row for each event and hearer, in the teller's transaction and by the tenant's own login.</summary>
internal sealed class OutboxWriter(IEnumerable<Hearer> hearers, OutboxSignal signal) : IOutbox
{
    private const string Insert = """
        insert into outbox (hearer, event)
        select * from unnest(@hearers, @events)
        """;

    private readonly ILookup<Type, string> _hearers = hearers.ToLookup(h => h.EventType, h => h.Name);

    public async Task TellAsync(TenantTransaction transaction, IReadOnlyCollection<IEvent> events, CancellationToken ct)
    {
        var rows = (
            from e in events
            let json = HearerRegistration.ToJson(e)
            from hearer in _hearers[e.GetType()]
            select (hearer, json)).ToList();
        if (rows.Count > 0)
            await transaction.RunAsync(Insert, new { hearers = rows.Select(r => r.hearer).ToArray(), events = rows.Select(r => r.json).ToArray() }, ct);
    }

    public void Wake(TenantId tenant) => signal.Raise(tenant);
}
