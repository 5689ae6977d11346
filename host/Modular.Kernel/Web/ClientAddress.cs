using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Modular.Kernel.Web;

/// <summary>Where a request comes from. The one answer for throttles, rules about networks and the audit: nobody else reads the connection or a header for it.</summary>
/// <param name="Address">
/// The client's, never an IPv4 address in its IPv6-mapped form; null for a Unix socket or a test's own server. Headers have a say in it only where a proxy
/// that the operator named has set them (<c>Host:Proxies</c>).
/// </param>
/// <param name="IsLocal">It has not left this machine. A request that some other proxy forwards is not local, though the proxy is.</param>
/// <param name="IsEncrypted">It came by HTTPS, to us or to a proxy that the operator named.</param>
public readonly record struct ClientAddress(IPAddress? Address, bool IsLocal, bool IsEncrypted)
{
    /// <summary>Whether passwords, keys and sessions may travel this way: encrypted, or without leaving the machine.</summary>
    public bool MaySendSecrets => IsEncrypted || IsLocal;
}

public static class ClientOnRequest
{
    private static readonly string[] ForwardedBy = ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Proto"];

    extension(HttpContext context)
    {
        public ClientAddress Client
        {
            get
            {
                var address = context.Connection.RemoteIpAddress?.Normal();
                // What a proxy of ours has set is gone from the headers by now. What is left was forwarded by a stranger, or forged.
                var isForwarded = ForwardedBy.Any(context.Request.Headers.ContainsKey);
                return new(address, !isForwarded && (address is null || IPAddress.IsLoopback(address)), context.Request.IsHttps);
            }
        }
    }
}

public static class AddressForm
{
    /// <summary>What one customer of a provider has, for throttles: an IPv4 address or an IPv6 /64.</summary>
    /// <param name="address">Null for a socket of this machine.</param>
    public static string NetworkOf(IPAddress? address)
    {
        if (address is null) return "local";
        address = address.Normal();
        if (address.AddressFamily is not AddressFamily.InterNetworkV6) return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes) + "/64";
    }

    /// <summary>The one form that an address is compared and shown in: IPv4 as IPv4, IPv6 without the name of a network card.</summary>
    public static IPAddress Normal(this IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : address.AddressFamily is AddressFamily.InterNetworkV6 && address.ScopeId is not 0 ? new IPAddress(address.GetAddressBytes())
        : address;
}
