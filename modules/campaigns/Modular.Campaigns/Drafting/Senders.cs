using Modular.Delivery;

namespace Modular.Campaigns.Drafting;

/// <summary>From which addresses campaigns may be sent, by somebody's reach.</summary>
internal sealed class Senders(ISendingDomains domains)
{
    public async Task<IReadOnlyList<string>> DomainsAsync(Reach reach, CancellationToken ct) =>
        [.. (await domains.ListAsync(reach.Tenant, ct)).Select(d => d.Domain).Where(d => reach.SendingDomains?.Contains(d) is not false)];

    /// <remarks>By the domain that signs for the address, which may stand above its own.</remarks>
    public async Task<bool> MayAsync(Reach reach, EmailAddress from, CancellationToken ct) =>
        await domains.FindAsync(reach.Tenant, from, ct) is { } signing && reach.SendingDomains?.Contains(signing.Domain) is not false;

    /// <inheritdoc cref="ISendingDomains.WhatDnsLacksAsync"/>
    public Task<IReadOnlyList<string>> WhatDnsLacksAsync(Reach reach, EmailAddress from, CancellationToken ct) => domains.WhatDnsLacksAsync(reach.Tenant, from, ct);

    /// <summary>To be asked before a campaign with this sender is saved or moved. A draft without a sender is anybody's.</summary>
    /// <returns>Null for everybody who is not limited: what they lack, the check before sending says.</returns>
    public async Task<Fault?> FaultOfAsync(Reach reach, string? fromAddress, CancellationToken ct)
    {
        if (reach.SendingDomains is null || string.IsNullOrWhiteSpace(fromAddress)) return null;
        return EmailAddress.TryParse(fromAddress.Trim(), out var from, out _) && await MayAsync(reach, from, ct) ? null : new SenderNotYours(await DomainsAsync(reach, ct));
    }
}
