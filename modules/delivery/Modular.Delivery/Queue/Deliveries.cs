namespace Modular.Delivery.Queue;

/// <inheritdoc cref="IDeliveries"/>
internal sealed class Deliveries(Handing handing, CampaignRuns runs, Ledger ledger, SendSignal signal) : IDeliveries
{
    public Task QueueAsync(TenantId tenant, long campaignId, IReadOnlyList<Handover> page, CancellationToken ct) =>
        handing.QueueAsync(tenant, campaignId, page, ct);

    public Task StartAsync(TenantId tenant, long campaignId, CancellationToken ct) => runs.StartAsync(tenant, campaignId, ct);

    public Task PauseAsync(TenantId tenant, long campaignId, CancellationToken ct) => runs.PauseAsync(tenant, campaignId, ct);

    public Task CancelAsync(TenantId tenant, long campaignId, CancellationToken ct) => runs.CancelAsync(tenant, campaignId, ct);

    public Task<IReadOnlyDictionary<long, DeliveryCounts>> CountAsync(TenantId tenant, IReadOnlyCollection<long> campaignIds, CancellationToken ct) =>
        ledger.CountAsync(tenant, campaignIds, ct);

    public Task<LedgerPage> ReadLedgerAsync(TenantId tenant, long campaignId, DeliveryState? state, long after, int size, CancellationToken ct) =>
        ledger.ReadAsync(tenant, campaignId, state, after, size, ct);

    public Task<IReadOnlyList<LedgerEntry>> OfContactAsync(TenantId tenant, long contactId, int size, CancellationToken ct) =>
        ledger.OfContactAsync(tenant, contactId, size, ct);

    public Task<LedgerDetail?> FindAsync(TenantId tenant, long recipientId, CancellationToken ct) => ledger.FindAsync(tenant, recipientId, ct);

    public async Task<IReadOnlyList<long>> QueueTestAsync(TenantId tenant, long campaignId, IReadOnlyList<TestRecipient> recipients, CancellationToken ct)
    {
        var ids = await handing.QueueTestAsync(tenant, campaignId, recipients, ct);
        signal.Wake(tenant);
        return ids;
    }
}
