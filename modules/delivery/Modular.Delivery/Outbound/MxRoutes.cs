using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Options;
using Modular.Mail.Dns;
using Modular.Mail.Smtp.Client;

namespace Modular.Delivery.Outbound;

/// <summary>Mail to the recipients' own servers. Domains with the same servers share one destination, and so its limits.</summary>
internal sealed class MxRoutes(IDnsResolver dns, IOptions<DeliverySettings> settings, TimeProvider time) : IRoutes
{
    private const int MaxDomains = 50_000;
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(5);

    private readonly MailExchangers _exchangers = new(dns, Random.Shared, new HashSet<string>(StringComparer.OrdinalIgnoreCase) { settings.Value.HostName });
    private readonly ConcurrentDictionary<string, (RouteAnswer Answer, long Since)> _known = new(StringComparer.OrdinalIgnoreCase);

    public async ValueTask<RouteAnswer> FindAsync(string domain, CancellationToken ct)
    {
        if (_known.TryGetValue(domain, out var known) && time.GetElapsedTime(known.Since) < Freshness) return known.Answer;
        RouteAnswer answer;
        try
        {
            answer = await _exchangers.FindAsync(domain, ct) switch
            {
                MailRoute.To to => new RouteAnswer.Found(new MxRoute(to.Hosts, _exchangers, settings.Value, time)),
                MailRoute.NullMx => new RouteAnswer.Never("5.1.10", $"{domain} takes no mail (null MX)", IsHard: true),
                MailRoute.Ourselves => new RouteAnswer.Never("5.4.6", $"the mail servers of {domain} lead back to this machine", IsHard: false),
                _ => new RouteAnswer.Never("5.1.2", $"{domain} does not exist", IsHard: true),
            };
        }
        catch (DnsException fault)
        {
            return new RouteAnswer.NotNow(fault.Message);
        }
        if (_known.Count > MaxDomains) _known.Clear();
        _known[domain] = (answer, time.GetTimestamp());
        return answer;
    }
}

/// <param name="hosts">In the order to try.</param>
internal sealed class MxRoute(IReadOnlyList<MailHost> hosts, MailExchangers exchangers, DeliverySettings settings, TimeProvider time) : Route
{
    private const int MaxAddresses = 10;

    public override string Name { get; } = string.Join(' ', hosts.OrderBy(host => host.Preference).ThenBy(host => host.Name, StringComparer.Ordinal).Select(host => host.Name).Take(3));

    public override int MaxConnections => settings.Sending.MaxConnectionsPerDestination is > 0 and var max ? max : 10;

    public override int MaxMessagesPerConnection => settings.Sending.MaxMessagesPerConnection is > 0 and var max ? max : 100;

    public override async Task<OpenConnection> ConnectAsync(CancellationToken ct)
    {
        SmtpException? last = null;
        var tried = 0;
        foreach (var host in hosts)
        {
            foreach (var address in await AddressesAsync(host.Name, ct))
            {
                if (tried++ >= MaxAddresses) break;
                try
                {
                    var server = new IPEndPoint(address, settings.Mx.Port);
                    var options = new SmtpClientOptions { HeloName = settings.HostName, ServerName = host.Name };
                    return new OpenConnection(await SmtpConnection.ConnectAsync(server, options, time, ct), $"{host.Name} [{server}]");
                }
                catch (SmtpException fault)
                {
                    last = fault;
                }
            }
        }
        throw last ?? new SmtpException(SmtpStage.Connect, $"{hosts[0].Name} has no address.");
    }

    private async ValueTask<IReadOnlyList<IPAddress>> AddressesAsync(string host, CancellationToken ct)
    {
        try
        {
            return await exchangers.AddressesAsync(host, ct);
        }
        catch (DnsException fault)
        {
            throw new SmtpException(SmtpStage.Connect, $"{host} could not be looked up: {fault.Message}", inner: fault);
        }
    }
}
