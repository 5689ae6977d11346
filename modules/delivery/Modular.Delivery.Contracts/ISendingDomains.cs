namespace Modular.Delivery;

/// <summary>The domains a tenant may send from, each with its DKIM key.</summary>
public interface ISendingDomains
{
    Task<IReadOnlyList<SendingDomain>> ListAsync(TenantId tenant, CancellationToken ct);

    /// <summary>The domain that mail from <paramref name="from"/> is signed by; null when the tenant may not send from it.</summary>
    Task<SendingDomain?> FindAsync(TenantId tenant, EmailAddress from, CancellationToken ct);
}

/// <param name="DkimRecord">The TXT record's value that publishes the key at <c>selector._domainkey.domain</c>.</param>
public sealed record SendingDomain(string Domain, string DkimSelector, string DkimRecord);
