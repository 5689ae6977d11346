using Microsoft.Extensions.Options;
using Modular.Mail.Smtp.Server;

namespace Modular.Delivery.Gateway;

/// <summary>The gateway's connections (port 25 in production).</summary>
internal sealed class GatewayConnections(GatewayHandler handler, SmtpCertificate certificate, IOptions<DeliverySettings> settings, TimeProvider time)
    : SmtpConnections(new SmtpServer(OptionsOf(settings.Value, certificate), handler, time))
{
    private static SmtpServerOptions OptionsOf(DeliverySettings settings, SmtpCertificate certificate) => new()
    {
        HostName = settings.HostName,
        TlsNow = certificate.Now,
        MaxMessageBytes = settings.Gateway.MaxMessageBytes,
        MaxRecipients = 100,
        MaxSessions = settings.Gateway.MaxSessions,
        MaxSessionsPerClient = settings.Gateway.MaxSessionsPerClient,
        MaxConnectsPerMinute = settings.Gateway.MaxConnectsPerMinute,
        GreetingDelay = settings.Gateway.GreetingDelay,
        TarpitDelay = settings.Gateway.TarpitDelay,
        IsTrusted = Networks.Parse(settings.Gateway.TrustedNetworks),
        IsProxy = Networks.Parse(settings.Gateway.ProxyNetworks),
    };
}
