using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Modular.Mail.Smtp.Server;

namespace Modular.Delivery.Gateway;

/// <summary>Runs a session of our SMTP server over each connection that Kestrel accepts.</summary>
internal abstract class SmtpConnections(SmtpServer server) : ConnectionHandler
{
    public int OpenSessions => server.OpenSessions;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var client = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        await server.RunSessionAsync(connection.Transport, client, null, stopping, connection.ConnectionClosed);
    }
}

/// <summary>IP networks as settings name them: <c>192.0.2.0/24, 2001:db8::/32, 127.0.0.1</c>.</summary>
internal static class Networks
{
    /// <exception cref="FormatException">A piece is neither a network nor an address.</exception>
    public static Func<IPAddress, bool> Parse(string text)
    {
        var networks = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(piece => piece.Contains('/', StringComparison.Ordinal) ? IPNetwork.Parse(piece) : Single(IPAddress.Parse(piece))).ToArray();
        return address => Array.Exists(networks, network => network.Contains(address));
    }

    private static IPNetwork Single(IPAddress address) => new(address, address.GetAddressBytes().Length * 8);
}
