using System.Net;

namespace Modular.Mail.Dns;

/// <summary>Where the mail for a domain goes.</summary>
public abstract record MailRoute
{
    private MailRoute()
    {
    }

    /// <summary>Try these hosts in this order.</summary>
    /// <param name="Hosts">Never empty.</param>
    public sealed record To(IReadOnlyList<MailHost> Hosts) : MailRoute;

    /// <summary>The domain says that it takes no mail: 5.1.10, and no connection is made (RFC 7505 §4.1).</summary>
    public sealed record NullMx : MailRoute;

    /// <summary>There is no such domain: 5.1.2.</summary>
    public sealed record NoSuchDomain : MailRoute;

    /// <summary>The best host is this machine, so mail would come back to it: 5.4.6 (RFC 5321 §5.1).</summary>
    public sealed record Ourselves : MailRoute;
}

/// <param name="Name">A host name, or an address literal's address.</param>
/// <param name="Preference">Lower is better.</param>
public sealed record MailHost(string Name, int Preference);

/// <summary>Finds the hosts that take mail for a domain (RFC 5321 §5.1).</summary>
/// <param name="random">Orders hosts of equal preference, which spreads the load; <see cref="Random.Shared"/> where many threads ask.</param>
/// <param name="ownNames">Names of this machine: it never sends to itself, nor to a host that is no better than itself.</param>
public sealed class MailExchangers(IDnsResolver dns, Random random, IReadOnlySet<string> ownNames)
{
    private const int MaxHosts = 20;

    /// <param name="domain">A domain name or an address literal in brackets.</param>
    /// <exception cref="DnsException">The question could not be answered: keep the mail and ask later.</exception>
    public async ValueTask<MailRoute> FindAsync(string domain, CancellationToken ct)
    {
        if (domain.StartsWith('['))
            return ReadLiteral(domain) is { } address ? new MailRoute.To([new MailHost(address.ToString(), 0)]) : new MailRoute.NoSuchDomain();

        var answer = await dns.QueryAsync(domain, DnsType.Mx, ct);
        if (!answer.Exists)
            return new MailRoute.NoSuchDomain();
        var records = answer.Records.OfType<DnsRecord.Exchanger>().ToList();
        if (records is [{ Host: "" }])
            return new MailRoute.NullMx();
        if (records.Count is 0)
            return await HasAddressAsync(domain, ct) ? new MailRoute.To([new MailHost(domain, 0)]) : new MailRoute.NoSuchDomain();   // implicit MX

        var own = records.Where(r => ownNames.Contains(r.Host)).Select(r => r.Preference).DefaultIfEmpty(int.MaxValue).Min();
        var hosts = records.Where(r => r.Host.Length > 0 && r.Preference < own)
            .Select(r => (Host: new MailHost(r.Host, r.Preference), Draw: random.Next()))
            .OrderBy(r => r.Host.Preference).ThenBy(r => r.Draw)
            .Take(MaxHosts).Select(r => r.Host).ToList();
        return hosts.Count > 0 ? new MailRoute.To(hosts)
            : own is int.MaxValue ? new MailRoute.NullMx()
            : new MailRoute.Ourselves();
    }

    /// <summary>The addresses of a host: those of IPv4 first, whose senders' reputations are better known. Empty when it has none.</summary>
    /// <exception cref="DnsException">Neither question could be answered.</exception>
    public async ValueTask<IReadOnlyList<IPAddress>> AddressesAsync(string host, CancellationToken ct)
    {
        if (IPAddress.TryParse(host, out var literal))
            return [literal];
        var v6 = TryQueryAsync(host, DnsType.Aaaa, ct);
        var (answer4, fault4) = await TryQueryAsync(host, DnsType.A, ct);
        var (answer6, fault6) = await v6;
        if (fault4 is not null && answer6 is not { Records.Count: > 0 })
            throw fault4;
        if (fault6 is not null && answer4 is not { Records.Count: > 0 })
            throw fault6;
        return [.. (answer4?.Records ?? []).Concat(answer6?.Records ?? []).OfType<DnsRecord.Address>().Select(r => r.Value)];
    }

    private async Task<(DnsAnswer? Answer, DnsException? Fault)> TryQueryAsync(string host, DnsType type, CancellationToken ct)
    {
        try
        {
            return (await dns.QueryAsync(host, type, ct), null);
        }
        catch (DnsException fault)
        {
            return (null, fault);
        }
    }

    private async ValueTask<bool> HasAddressAsync(string domain, CancellationToken ct) => (await AddressesAsync(domain, ct)).Count > 0;

    private static IPAddress? ReadLiteral(string domain)
    {
        const string V6 = "IPv6:";
        var text = domain.AsSpan(1).TrimEnd(']');
        if (text.StartsWith(V6, StringComparison.OrdinalIgnoreCase))
            text = text[V6.Length..];
        return domain.EndsWith(']') && IPAddress.TryParse(text, out var address) ? address : null;
    }
}
