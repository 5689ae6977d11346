namespace Modular.Host.Outbox;

/// <summary>Waits until nobody has anything left to hear: tests drain, then assert.</summary>
internal sealed class OutboxDraining(OutboxDispatcher dispatcher, ITenantDirectory tenants)
{
    /// <summary>Hears everything that is due, of all active tenants, and what the hearers tell in turn. Rows that wait for a later attempt stay.</summary>
    public async Task DrainAsync(CancellationToken ct)
    {
        int heard;
        do
        {
            heard = 0;
            foreach (var tenant in await tenants.KeptAsync(ct))
                heard += await dispatcher.DispatchAsync(tenant, ct);
        }
        while (heard > 0);
    }
}
