using Microsoft.Extensions.Options;
using Modular.Delivery.Outbound;
using Modular.Mail.Dns;

namespace Modular.Delivery.Domains;

/// <summary>What large receivers ask of a sender before they take its mail in numbers: DKIM, SPF and DMARC in DNS, a domain that can be written to, and a server with a name.</summary>
internal sealed class DomainStanding(DomainKeys keys, OwnName ownName, FreshDns dns, IOptions<DeliverySettings> settings, TimeProvider time)
{
    /// <param name="signing">The sending domain that signs for <paramref name="from"/>.</param>
    /// <returns>One sentence for each thing that is missing.</returns>
    public async Task<IReadOnlyList<string>> WhatIsMissingAsync(TenantId tenant, string signing, EmailAddress from, CancellationToken ct)
    {
        if (settings.Value.Mode is not DeliveryMode.Mx) return [];
        var resolver = dns();
        var missing = new List<string>();
        try
        {
            foreach (var key in await keys.OpenAsync(tenant, signing, isNext: false, ct))
            {
                if (await TrialSignature.WhyNotAsync(key, resolver, time.GetUtcNow(), ct) is { } why) missing.Add($"Receivers cannot verify our signature by {key.Selector}._domainkey.{key.Domain} (DKIM): {why}");
            }
            if (!await HasTextAsync(resolver, settings.Value.ReturnDomain, "v=spf1", ct)) missing.Add($"The return domain {settings.Value.ReturnDomain} has no SPF record.");
            if (!await HasDmarcAsync(resolver, from.Domain, ct)) missing.Add($"{from.Domain} has no DMARC record: publish at least v=DMARC1; p=none at _dmarc.{signing}.");
            if ((await resolver.QueryAsync(from.Domain, DnsType.Mx, ct)).Records is [DnsRecord.Exchanger { Host: "" }]) missing.Add($"{from.Domain} says that it takes no mail (null MX), so others take none from it.");
        }
        catch (DnsException fault)
        {
            missing.Add($"DNS does not say how {signing} stands: {fault.Message}");
        }
        if (await ownName.WhyNotAsync(ct) is { } nameFault) missing.Add($"The server's name would be refused: {nameFault}.");
        return missing;
    }

    /// <summary>At the domain or above it: each level speaks for those below (RFC 9989 §4.10).</summary>
    private static async Task<bool> HasDmarcAsync(IDnsResolver dns, string domain, CancellationToken ct)
    {
        foreach (var name in SendingDomains.WithParents(domain))
        {
            if (await HasTextAsync(dns, "_dmarc." + name, "v=DMARC1", ct)) return true;
        }
        return false;
    }

    private static async Task<bool> HasTextAsync(IDnsResolver dns, string name, string start, CancellationToken ct) =>
        (await dns.QueryAsync(name, DnsType.Txt, ct)).Records.OfType<DnsRecord.Text>().Any(text => text.Value.StartsWith(start, StringComparison.OrdinalIgnoreCase));
}
