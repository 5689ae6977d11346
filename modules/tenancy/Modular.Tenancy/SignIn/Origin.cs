using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Modular.Tenancy.SignIn;

/// <summary>Where an attempt comes from, as far as throttling cares.</summary>
/// <param name="Network">An IPv4 address or an IPv6 /64, which is what one customer of a provider has.</param>
/// <param name="Device">A device on which this person has signed in before; null when it is not known.</param>
internal sealed record Origin(string Network, string? Device = null)
{
    public static Origin Of(HttpContext context, string? device = null) => new(NetworkOf(context.Connection.RemoteIpAddress), device);

    /// <summary>
    /// Whether credentials may come this way: encrypted, or without leaving the machine. No address at all is a Unix socket or a test's own server.
    /// </summary>
    public static bool MaySendSecrets(HttpContext context) =>
        context.Request.IsHttps || context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address);

    internal static string NetworkOf(IPAddress? address)
    {
        if (address is null) return "local";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily is not AddressFamily.InterNetworkV6) return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes) + "/64";
    }
}
