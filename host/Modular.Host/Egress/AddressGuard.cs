using System.Net;

namespace Modular.Host.Egress;

/// <summary>Which addresses a customer's URL may lead to: the public internet, and nothing of the machine, its network or its cloud (SSRF).</summary>
internal static class AddressGuard
{
    private static readonly IPNetwork[] Closed =
    [
        IPNetwork.Parse("0.0.0.0/8"),         // this network
        IPNetwork.Parse("10.0.0.0/8"),        // private
        IPNetwork.Parse("100.64.0.0/10"),     // carrier NAT
        IPNetwork.Parse("127.0.0.0/8"),       // loopback
        IPNetwork.Parse("169.254.0.0/16"),    // link local, and the clouds' metadata
        IPNetwork.Parse("172.16.0.0/12"),     // private
        IPNetwork.Parse("192.0.0.0/24"),      // protocol assignments
        IPNetwork.Parse("192.0.2.0/24"),      // documentation
        IPNetwork.Parse("192.88.99.0/24"),    // 6to4 relays
        IPNetwork.Parse("192.168.0.0/16"),    // private
        IPNetwork.Parse("198.18.0.0/15"),     // benchmarks
        IPNetwork.Parse("198.51.100.0/24"),   // documentation
        IPNetwork.Parse("203.0.113.0/24"),    // documentation
        IPNetwork.Parse("224.0.0.0/3"),       // multicast, reserved, broadcast
        IPNetwork.Parse("::/96"),             // unspecified, loopback, the old IPv4-compatible form
        IPNetwork.Parse("64:ff9b::/96"),      // NAT64: an IPv4 address in disguise
        IPNetwork.Parse("64:ff9b:1::/48"),
        IPNetwork.Parse("100::/64"),          // discard
        IPNetwork.Parse("2001::/23"),         // Teredo and other tunnels
        IPNetwork.Parse("2001:db8::/32"),     // documentation
        IPNetwork.Parse("2002::/16"),         // 6to4
        IPNetwork.Parse("fc00::/7"),          // unique local
        IPNetwork.Parse("fe80::/10"),         // link local
        IPNetwork.Parse("fec0::/10"),         // site local
        IPNetwork.Parse("ff00::/8"),          // multicast
    ];

    public static bool IsPublic(IPAddress address)
    {
        var real = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !Array.Exists(Closed, network => network.Contains(real));
    }
}
