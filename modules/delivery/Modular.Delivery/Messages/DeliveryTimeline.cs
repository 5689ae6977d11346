using System.Globalization;
using Modular.Delivery.Queue;

namespace Modular.Delivery.Messages;

/// <summary>What a contact was sent, for its page.</summary>
internal sealed class DeliveryTimeline(Ledger ledger) : ITimeline
{
    public async Task<IReadOnlyList<TimelineEntry>> OfContactAsync(TenantId tenant, long contactId, int size, CancellationToken ct) =>
    [
        .. (await ledger.OfContactAsync(tenant, contactId, size, ct)).Select(entry => new TimelineEntry(
            entry.ChangedAt ?? entry.QueuedAt, "delivery", StateWords.Of(entry.State), entry.Reason,
            "/delivery/messages/" + entry.RecipientId.ToString(CultureInfo.InvariantCulture))),
    ];
}
