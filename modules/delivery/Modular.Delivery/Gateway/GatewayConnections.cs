using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Options;
using Modular.Mail.Smtp.Server;

namespace Modular.Delivery.Gateway;

/// <summary>The gateway's connections (port 25 in production).</summary>
internal sealed class GatewayConnections(GatewayHandler handler, IOptions<DeliverySettings> settings, TimeProvider time) : ConnectionHandler
{
    private readonly SmtpServer _server = new(
        new SmtpServerOptions
        {
            HostName = settings.Value.HostName,
            MaxMessageBytes = settings.Value.Gateway.MaxMessageBytes,
            MaxRecipients = 100,
            IsTrusted = IPAddress.IsLoopback,
        },
        handler, time);

    public int OpenSessions => _server.OpenSessions;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var client = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        await _server.RunSessionAsync(connection.Transport, client, null, stopping, connection.ConnectionClosed);
    }
}
