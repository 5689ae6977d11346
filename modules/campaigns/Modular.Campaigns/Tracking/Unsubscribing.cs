using Modular.Compliance;
using Modular.Delivery;

namespace Modular.Campaigns.Tracking;

/// <summary>
/// Puts the address of a signed link on the suppression list. The list is the record: it tells <see cref="AddressSuppressed"/> in its own
/// transaction, and that is what contacts act on and what <see cref="OnAddressSuppressed"/> counts; so nothing here can be half done.
/// </summary>
internal sealed class Unsubscribing(IDeliveries deliveries, ISuppressionList suppression, TimeProvider clock)
{
    /// <returns>False when nobody is known under this link any more. A test mail's link does nothing, and that well.</returns>
    public async Task<bool> UnsubscribeAsync(LinkToken token, string source, CancellationToken ct)
    {
        if (token.IsTest) return true;
        if (await deliveries.FindAsync(token.Tenant, token.RecipientId, ct) is not { Entry: var recipient }) return false;
        await suppression.SuppressAsync(token.Tenant,
            [new Suppression(recipient.Email, SuppressionReason.Unsubscribed, source, clock.GetUtcNow(), recipient.ContactId, recipient.RecipientId)], ct);
        return true;
    }
}
