using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Modular.Delivery.Gateway;
using Modular.Mail.Smtp.Client;

namespace Modular.Delivery.Outbound;

/// <summary>All mail to the built-in capture server.</summary>
internal sealed class CaptureRoutes(SmtpPorts ports, IOptions<DeliverySettings> settings, TimeProvider time) : Route, IRoutes
{
    /// <summary>Short where nothing is at risk; the answer to the final dot is waited for.</summary>
    private readonly SmtpClientOptions _options = new()
    {
        HeloName = settings.Value.HostName,
        Tls = TlsPolicy.Never,
        CommandTimeout = TimeSpan.FromSeconds(10),
        DataTimeout = TimeSpan.FromSeconds(10),
        FinalDotTimeout = TimeSpan.FromMinutes(2),
    };

    public override string Name => "capture";

    public override bool IsOurs => true;

    public override int MaxConnections => settings.Value.Sending.MaxConnectionsPerDestination is > 0 and var max ? max : NearConnections;

    public override int MaxMessagesPerConnection => settings.Value.Sending.MaxMessagesPerConnection is > 0 and var max ? max : 1_000;

    public ValueTask<RouteAnswer> FindAsync(string domain, CancellationToken ct) => ValueTask.FromResult<RouteAnswer>(new RouteAnswer.Found(this));

    public override async Task<OpenConnection> ConnectAsync(SmtpTranscript? transcript, CancellationToken ct)
    {
        var server = new IPEndPoint(IPAddress.Loopback, ports.Capture);
        return new OpenConnection(await SmtpConnection.ConnectAsync(server, _options with { Transcript = transcript }, time, ct), $"capture [{server}]", "");
    }
}

/// <summary>All mail to one server that passes it on.</summary>
internal sealed class SmarthostRoutes(IOptions<DeliverySettings> settings, OutboundTrust trust, TimeProvider time) : Route, IRoutes
{
    private readonly SmtpClientOptions _options = OptionsOf(settings.Value, trust);

    public override string Name => settings.Value.Smarthost.Host;

    public override bool IsOurs => true;

    public override int MaxConnections => settings.Value.Sending.MaxConnectionsPerDestination is > 0 and var max ? max : IsThisMachine(settings.Value.Smarthost.Host) ? NearConnections : 20;

    public override int MaxMessagesPerConnection => settings.Value.Sending.MaxMessagesPerConnection is > 0 and var max ? max : 500;

    public ValueTask<RouteAnswer> FindAsync(string domain, CancellationToken ct) => ValueTask.FromResult<RouteAnswer>(new RouteAnswer.Found(this));

    public override async Task<OpenConnection> ConnectAsync(SmtpTranscript? transcript, CancellationToken ct)
    {
        var (host, port) = (settings.Value.Smarthost.Host, settings.Value.Smarthost.Port);
        IPAddress[] addresses;
        try
        {
            addresses = await System.Net.Dns.GetHostAddressesAsync(host, ct);
        }
        catch (SocketException fault)
        {
            throw new SmtpException(SmtpStage.Connect, $"The smart host {host} could not be found: {fault.Message}", inner: fault);
        }
        SmtpException? last = null;
        foreach (var address in addresses)
        {
            try
            {
                var server = new IPEndPoint(address, port);
                var options = _options with { MayShowPassword = IPAddress.IsLoopback(address), Transcript = transcript };
                return OpenConnection.Of(await SmtpConnection.ConnectAsync(server, options, time, ct), host, server);
            }
            catch (SmtpException fault)
            {
                last = fault;
            }
        }
        throw last ?? new SmtpException(SmtpStage.Connect, $"The smart host {host} has no address.");
    }

    private static SmtpClientOptions OptionsOf(DeliverySettings settings, OutboundTrust trust)
    {
        var smarthost = settings.Smarthost;
        var signsIn = smarthost.UserName.Length > 0;
        return settings.Timeouts.Options(settings.HostName, smarthost.Host) with
        {
            Dialect = smarthost.IsLmtp ? SmtpDialect.Lmtp : SmtpDialect.Smtp,
            Tls = smarthost.Tls ?? (signsIn && !IsThisMachine(smarthost.Host) ? TlsPolicy.Verified : TlsPolicy.Opportunistic),
            IsTlsImplicit = smarthost.IsTlsImplicit ?? smarthost.Port is 465,
            Credentials = signsIn ? new SmtpCredentials(smarthost.UserName, smarthost.Password) : null,
            TrustedChain = trust.Roots,
        };
    }

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
