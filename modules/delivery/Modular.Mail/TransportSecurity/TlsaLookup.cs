using System.Globalization;
using Modular.Mail.Dns;

namespace Modular.Mail.TransportSecurity;

/// <summary>Finds what may be believed about a mail server's certificate: nothing but signed answers, from the domain to the record (RFC 7672 §2.2).</summary>
public sealed class TlsaLookup(IDnsResolver dns)
{
    /// <param name="domain">Whose MX it is.</param>
    /// <param name="host">The MX host, or the domain itself where it has none.</param>
    public async ValueTask<TlsaFinding> FindAsync(string domain, string host, int port, CancellationToken ct)
    {
        try
        {
            if (!(await dns.QueryAsync(domain, DnsType.Mx, ct)).IsAuthenticated || await BaseOfAsync(host, ct) is not { } end)
                return new TlsaFinding.None();
            var found = await RecordsAsync(port, end, ct);
            if (found.Count is 0 && !end.Equals(host, StringComparison.OrdinalIgnoreCase))
                found = await RecordsAsync(port, host, ct);   // an alias: first where it leads, then where it stands (RFC 7672 §2.2.2)
            return found.Count > 0 ? new TlsaFinding.Records(found) : new TlsaFinding.None();
        }
        catch (DnsException fault)
        {
            return new TlsaFinding.Unknown(fault.Message);   // never taken for "there are none" (RFC 7672 §2.1.2)
        }
    }

    /// <summary>The name under which TLSA records count; null when the host's addresses are not signed, and then none do.</summary>
    private async ValueTask<string?> BaseOfAsync(string host, CancellationToken ct)
    {
        foreach (var type in new[] { DnsType.A, DnsType.Aaaa })
        {
            var answer = await dns.QueryAsync(host, type, ct);
            if (!answer.IsAuthenticated)
                return null;
            if (answer.Records.Count > 0)
                return answer.AliasOf ?? host;
        }

        return null;
    }

    private async ValueTask<IReadOnlyList<DnsRecord.Tlsa>> RecordsAsync(int port, string name, CancellationToken ct)
    {
        var answer = await dns.QueryAsync(string.Create(CultureInfo.InvariantCulture, $"_{port}._tcp.{name}"), DnsType.Tlsa, ct);
        return answer.IsAuthenticated ? [.. answer.Records.OfType<DnsRecord.Tlsa>()] : [];
    }
}
