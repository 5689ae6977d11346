using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Modular.Delivery.Gateway;
using Modular.Mail.Smtp.Server;

namespace Modular.Delivery.Capture;

/// <summary>The built-in capture server's connections; from this machine alone.</summary>
internal sealed class CaptureConnections(
    CaptureStore store, Patience patience, SignedAddresses addresses, ISealer sealer, IOptions<DeliverySettings> settings, TimeProvider time, ILogger<CaptureStore> log) : ConnectionHandler
{
    private readonly long _run = (long)RandomNumberGenerator.GetInt32(int.MaxValue) << 32;
    private readonly SmtpServerOptions _options = new()
    {
        HostName = "capture." + settings.Value.HostName,
        HandlerTimeout = TimeSpan.FromMinutes(10), // +timeout lasts longer than the client's patience
        SessionTimeout = TimeSpan.FromHours(12),
        MaxIdleCommands = int.MaxValue,
        MaxErrors = int.MaxValue, // refusals are what it is for
        IsTrusted = IPAddress.IsLoopback,
    };

    private int _count;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        if (connection.RemoteEndPoint is not IPEndPoint { Address: var client } || !IPAddress.IsLoopback(client)) return;
        var session = new CaptureSession(_run | (uint)Interlocked.Increment(ref _count), store, patience, addresses, sealer, time, log);
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        await new SmtpServer(_options, session, time).RunSessionAsync(connection.Transport, client, null, stopping, connection.ConnectionClosed);
    }
}
