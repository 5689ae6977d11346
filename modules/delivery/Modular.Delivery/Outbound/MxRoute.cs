using System.Net;
using Microsoft.Extensions.Logging;
using Modular.Mail.Dns;
using Modular.Mail.Smtp.Client;
using Modular.Mail.TransportSecurity;

namespace Modular.Delivery.Outbound;

/// <param name="Domain">Whose server it is.</param>
internal sealed record DecidedHost(MailHost Host, HostVerdict.Use How, string Domain);

/// <param name="hosts">In the order to try.</param>
/// <param name="recheck">Asks anew what the destination wants, before mail is tried again: its policy or records may have changed with its certificate (RFC 8461 §5.1).</param>
internal sealed partial class MxRoute(
    IReadOnlyList<DecidedHost> hosts, MailExchangers exchangers, BrokenTls broken, OutboundTrust trust, DeliverySettings settings, Action recheck, TimeProvider time,
    ILogger<MxRoute> log) : Route
{
    private const int MaxAddresses = 10;

    public override string Name { get; } = NameOf(hosts, settings.Tls.Policy);

    public override IReadOnlyList<string> Servers { get; } = [.. hosts.Select(host => host.Host.Name)];

    public override int MaxConnections => settings.Sending.MaxConnectionsPerDestination is > 0 and var max ? max : 10;

    public override int MaxMessagesPerConnection => settings.Sending.MaxMessagesPerConnection is > 0 and var max ? max : 100;

    public override async Task<OpenConnection> ConnectAsync(SmtpTranscript? transcript, CancellationToken ct)
    {
        SmtpException? last = null;
        var tried = 0;
        foreach (var host in hosts)
        {
            try
            {
                foreach (var address in await exchangers.AddressesAsync(host.Host.Name, ct))
                {
                    if (tried++ >= MaxAddresses) break;
                    try
                    {
                        return await ConnectAsync(host, new IPEndPoint(address, settings.Mx.Port), transcript, ct);
                    }
                    catch (SmtpException fault)
                    {
                        last = fault;
                        if (fault.IsCertificateFault) recheck();
                    }
                }
            }
            catch (DnsException fault)
            {
                last = new SmtpException(SmtpStage.Connect, $"{host.Host.Name} could not be looked up: {fault.Message}", inner: fault);
            }
        }
        throw last ?? new SmtpException(SmtpStage.Connect, $"{hosts[0].Host.Name} has no address.");
    }

    private async Task<OpenConnection> ConnectAsync(DecidedHost host, IPEndPoint server, SmtpTranscript? transcript, CancellationToken ct)
    {
        var name = host.Host.Name;
        var options = settings.Timeouts.Options(settings.HostName, name) with
        {
            Tls = host.How.Tls is TlsPolicy.Opportunistic && broken.Has(name) ? TlsPolicy.Never : host.How.Tls,
            TlsaRecords = host.How.Records,
            AlsoNamed = [host.Domain],
            TrustedChain = trust.Roots,
            Transcript = transcript,
        };
        var smtp = await SmtpConnection.ConnectAsync(server, options, time, ct);
        if (smtp.TlsFailure is { } failure)
        {
            broken.Add(name);
            LogInClear(name, failure.Message);
        }
        return OpenConnection.Of(smtp, name, server);
    }

    /// <summary>The servers, and what is asked of them where it is not what is asked of all.</summary>
    private static string NameOf(IReadOnlyList<DecidedHost> hosts, TlsPolicy usual)
    {
        var names = string.Join(' ', hosts.OrderBy(host => host.Host.Preference).ThenBy(host => host.Host.Name, StringComparer.Ordinal).Select(host => host.Host.Name).Take(3));
        var special = hosts.Select(host => host.How.Tls).Where(policy => policy != usual).Distinct().Order().ToList();
        return special.Count is 0 ? names : $"{names} ({string.Join(", ", special)})";
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Mail to {Host} goes in clear: {Fault}")]
    private partial void LogInClear(string host, string fault);
}
