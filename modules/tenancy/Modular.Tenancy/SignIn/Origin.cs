using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Modular.Kernel.Web;

namespace Modular.Tenancy.SignIn;

/// <summary>Where an attempt comes from, as far as throttling cares.</summary>
/// <param name="Network">An IPv4 address or an IPv6 /64, which is what one customer of a provider has.</param>
/// <param name="Device">A device on which this person has signed in before; null when it is not known.</param>
internal sealed record Origin(string Network, string? Device = null)
{
    public static Origin Of(HttpContext context, string? device = null) => new(NetworkOf(context.Client.Address), device);

    /// <inheritdoc cref="ClientAddress.MaySendSecrets"/>
    public static bool MaySendSecrets(HttpContext context) => context.Client.MaySendSecrets;

    internal static string NetworkOf(IPAddress? address)
    {
        if (address is null) return "local";
        address = address.Normal();
        if (address.AddressFamily is not AddressFamily.InterNetworkV6) return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes) + "/64";
    }
}
