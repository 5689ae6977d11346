using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;
using Modular.Host.Settings;
using Modular.Kernel.Web;

namespace Modular.Host.Web;

/// <summary>
/// The console's listeners, plain and with TLS, and Kestrel's bounds: who sends slowly, or much, or opens many connections, holds up nobody else. Modules add their own
/// listeners by configuring the same options; the bounds on HTTP do not touch those.
/// </summary>
internal sealed class ConsoleListener(HostSettings settings, IServerCertificate certificate) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        Bound(options.Limits);
        if (!settings.Facts.Is(HostRoles.Web))
            return;
        options.Listen(settings.Address, settings.Facts.Ports.Console);
        options.Listen(settings.Address, settings.Facts.Ports.Https, listen => listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(certificate.NewHandshake()),
            HandshakeTimeout = TimeSpan.FromSeconds(10),
        }));
    }

    private static void Bound(KestrelServerLimits limits)
    {
        limits.MaxConcurrentConnections = 10_000;   // of each listener
        limits.MaxRequestBodySize = 5 << 20;        // uploads lift it for themselves
        limits.MaxRequestLineSize = 8 << 10;
        limits.MaxRequestHeadersTotalSize = 32 << 10;
        limits.MaxRequestHeaderCount = 100;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(90);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(10));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(10));
        limits.Http2.MaxStreamsPerConnection = 100;
        limits.Http2.MaxRequestHeaderFieldSize = 16 << 10;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(60);   // a dead connection is found and closed
    }
}
