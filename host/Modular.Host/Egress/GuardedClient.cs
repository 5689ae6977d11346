using System.Net;
using System.Net.Sockets;
using Modular.Plugins;

namespace Modular.Host.Egress;

/// <summary>
/// Makes HTTP clients for addresses that customers entered. Each address a name resolves to is checked, and the connection goes to the very addresses
/// that were checked, so a name that changes its mind in between gains nothing. No proxy, no cookies, no redirect but those <see cref="Redirects"/> follows.
/// </summary>
internal sealed class GuardedClient(EgressRules rules, TimeProvider time)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan HeaderTimeout = TimeSpan.FromMinutes(2);

    public HttpClient Create()
    {
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,   // a small answer stays small
            ConnectCallback = ConnectAsync,
            ConnectTimeout = ConnectTimeout,
            MaxConnectionsPerServer = 4,
            MaxResponseHeadersLength = 64,   // KiB
            UseCookies = false,
            UseProxy = false,
        };
        return new HttpClient(new Redirects(new BoundedAnswers(sockets, rules, time))) { Timeout = HeaderTimeout };
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        if (rules.Ports.Count > 0 && !rules.Ports.Contains(port))
            throw new SourceFaultException($"The address names port {port}; this installation allows {string.Join(", ", rules.Ports.Order())}.", isTransient: false);

        var addresses = await Dns.GetHostAddressesAsync(host, ct);
        if (!rules.AllowPrivate && Array.Find(addresses, a => !AddressGuard.IsPublic(a)) is not null)
            throw new SourceFaultException($"{host} is not on the public internet, and this installation reads from nowhere else.", isTransient: false);

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
