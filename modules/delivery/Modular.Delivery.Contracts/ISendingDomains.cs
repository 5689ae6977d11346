namespace Modular.Delivery;

/// <summary>The domains a tenant may send from, each with its DKIM keys.</summary>
public interface ISendingDomains
{
    Task<IReadOnlyList<SendingDomain>> ListAsync(TenantId tenant, CancellationToken ct);

    /// <summary>The domain that mail from <paramref name="from"/> is signed by; null when the tenant may not send from it.</summary>
    Task<SendingDomain?> FindAsync(TenantId tenant, EmailAddress from, CancellationToken ct);

    /// <summary>What DNS lacks, one sentence each, so that receivers would refuse or distrust mail from <paramref name="from"/> now. Nothing where another server passes our mail on.</summary>
    Task<IReadOnlyList<string>> WhatDnsLacksAsync(TenantId tenant, EmailAddress from, CancellationToken ct);
}

/// <param name="DkimRecords">What DNS has to publish for it, one for each key that signs: RSA first.</param>
public sealed record SendingDomain(string Domain, IReadOnlyList<DkimRecord> DkimRecords);

/// <param name="Selector">It is published at <c>selector._domainkey.domain</c>.</param>
/// <param name="Algorithm">rsa-sha256 or ed25519-sha256.</param>
/// <param name="Value">The TXT record's value.</param>
public sealed record DkimRecord(string Selector, string Algorithm, string Value);
