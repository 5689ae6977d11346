using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Modular.Mail.Dns;
using Modular.Mail.TransportSecurity;

namespace Modular.Delivery.Outbound;

/// <summary>
/// Fetches MTA-STS policies as RFC 8461 §3.3 has it: over HTTPS with a valid certificate, from no other place than the one it names, one minute and 64 KiB at
/// most. A domain that points that name into somebody's network reaches nothing there: without a certificate for it no request is made.
/// </summary>
internal sealed class PolicyFetcher : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly MailExchangers _names;
    private readonly HttpClient _http;
    private readonly int _port;

    public PolicyFetcher(IDnsResolver dns, OutboundTrust trust)
    {
        (_names, _port) = (new MailExchangers(dns, Random.Shared, new HashSet<string>()), trust.PolicyPort);
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            MaxResponseHeadersLength = 16,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5),
            ConnectCallback = ConnectAsync,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trust.Roots },
        })
        { Timeout = Timeout };
    }

    /// <exception cref="PolicyException">There is no policy to be had.</exception>
    public async Task<MtaStsPolicy> FetchAsync(string domain, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(Timeout);
        try
        {
            var url = new UriBuilder(Uri.UriSchemeHttps, "mta-sts." + domain, _port, "/.well-known/mta-sts.txt").Uri;
            using var answer = await _http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            if (answer.StatusCode is not HttpStatusCode.OK) throw new PolicyException($"{url} answers {(int)answer.StatusCode}");
            if (answer.Content.Headers.ContentType?.MediaType is not "text/plain") throw new PolicyException($"{url} is not text/plain");
            return MtaStsPolicy.Parse(await ReadAsync(answer.Content, url, deadline.Token)) ?? throw new PolicyException($"{url} holds no policy of version STSv1");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or UriFormatException || (fault is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw new PolicyException($"the policy of {domain} could not be fetched: {fault.InnerException?.Message ?? fault.Message}", fault);
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Task<byte[]> ReadAsync(HttpContent content, Uri url, CancellationToken ct)
    {
        await using var stream = await content.ReadAsStreamAsync(ct);
        var body = new byte[MtaStsPolicy.MaxBytes + 1];
        var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, ct);
        return length <= MtaStsPolicy.MaxBytes ? body[..length] : throw new PolicyException($"{url} has more than {MtaStsPolicy.MaxBytes} bytes");
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        Exception? last = null;
        try
        {
            foreach (var address in await _names.AddressesAsync(context.DnsEndPoint.Host, ct))
            {
                var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port), ct);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch (SocketException fault)
                {
                    last = fault;
                    socket.Dispose();
                }
            }
        }
        catch (DnsException fault)
        {
            last = fault;
        }
        throw new HttpRequestException($"{context.DnsEndPoint.Host} cannot be reached", last);
    }
}

/// <summary>There is no policy to be had, and why.</summary>
internal sealed class PolicyException(string message, Exception? inner = null) : Exception(message, inner);
