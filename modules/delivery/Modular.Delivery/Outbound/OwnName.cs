using System.Net;
using Microsoft.Extensions.Options;
using Modular.Delivery.Domains;
using Modular.Mail.Dns;

namespace Modular.Delivery.Outbound;

/// <summary>Whether the name we greet with and the addresses it stands for name each other: large providers refuse mail from anybody else.</summary>
internal sealed class OwnName(FreshDns dns, IOptions<DeliverySettings> settings)
{
    /// <returns>Null when all is well, and where it does not matter.</returns>
    public async Task<string?> WhyNotAsync(CancellationToken ct)
    {
        if (settings.Value is not { Mode: DeliveryMode.Mx, Mx.ChecksOwnName: true }) return null;
        var (resolver, host) = (dns(), settings.Value.HostName);
        try
        {
            var addresses = new List<IPAddress>();
            foreach (var type in new[] { DnsType.A, DnsType.Aaaa })
            {
                addresses.AddRange((await resolver.QueryAsync(host, type, ct)).Records.OfType<DnsRecord.Address>().Select(record => record.Value));
            }
            if (addresses.Count is 0) return $"{host}, the name that we greet with (Delivery:HostName), has no address in DNS";
            foreach (var address in addresses)
            {
                var names = (await resolver.QueryAsync(DnsName.OfAddress(address), DnsType.Reverse, ct)).Records.OfType<DnsRecord.HostName>().Select(record => record.Name).ToList();
                if (!names.Contains(host, StringComparer.OrdinalIgnoreCase)) return $"the PTR record of {address}, an address of {host}, must name {host} and names {(names.Count is 0 ? "nothing" : string.Join(", ", names))}";
            }
            return null;
        }
        catch (DnsException fault)
        {
            return $"DNS does not say whether {host} is our name: {fault.Message}";
        }
    }
}
