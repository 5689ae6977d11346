using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Modular.Kernel.Web;

/// <summary>Networks in CIDR notation (RFC 4632 §3.1, RFC 4291 §2.3), IPv4 and IPv6. Empty holds no address.</summary>
public sealed class NetworkList
{
    public const int Most = 200;

    public static readonly NetworkList None = new([]);

    private static readonly char[] Between = [',', ';', ' ', '\t', '\r', '\n'];

    private NetworkList(IReadOnlyList<IPNetwork> networks) => Networks = networks;

    public IReadOnlyList<IPNetwork> Networks { get; }

    public bool IsEmpty => Networks.Count == 0;

    /// <param name="address">In any form; IPv4-mapped is IPv4.</param>
    public bool Contains(IPAddress address)
    {
        var normal = address.Normal();
        return Networks.Any(n => n.Contains(normal));
    }

    /// <summary>As a rule: an empty list lets everyone in.</summary>
    public bool Admits(IPAddress address) => IsEmpty || Contains(address);

    /// <summary>As rules: whether this one lets in everyone whom <paramref name="other"/> does.</summary>
    public bool Covers(NetworkList other) => IsEmpty || (!other.IsEmpty && other.Networks.All(o => Networks.Any(n => n.PrefixLength <= o.PrefixLength && n.Contains(o.BaseAddress))));

    /// <summary>Reads networks and single addresses, one to a line or with commas between. A network may be written by any address in it: 192.0.2.7/24.</summary>
    /// <param name="fault">What is wrong, for the one who wrote it; null when nothing is.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out NetworkList? list, [NotNullWhen(false)] out string? fault)
    {
        (list, fault) = (null, null);
        var found = new List<IPNetwork>();
        foreach (var word in (text ?? "").Split(Between, StringSplitOptions.RemoveEmptyEntries))
        {
            if (!TryParseOne(word, out var network))
            {
                fault = $"'{(word.Length > 60 ? word[..60] + "…" : word)}' is no network. Write an address (192.0.2.7, 2001:db8::7) or a network (192.0.2.0/24, 2001:db8::/48).";
                return false;
            }
            if (!found.Contains(network)) found.Add(network);
            if (found.Count <= Most) continue;
            fault = $"At most {Most} networks.";
            return false;
        }
        list = found.Count == 0 ? None : new NetworkList(found);
        return true;
    }

    /// <summary>What was stored by this class.</summary>
    public static NetworkList Parse(string text) => TryParse(text, out var list, out var fault) ? list : throw new FormatException(fault);

    /// <summary>As it is stored: networks with one blank between.</summary>
    public override string ToString() => string.Join(' ', Networks);

    private static bool TryParseOne(string word, out IPNetwork network)
    {
        network = default;
        var slash = word.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? word : word[..slash];
        // The framework also reads 10.1 and 0x7f.1 as addresses; here such a word is a slip.
        if (host.Contains('%', StringComparison.Ordinal) || !IPAddress.TryParse(host, out var address)) return false;
        if (address.AddressFamily is AddressFamily.InterNetwork && host.Count(c => c is '.') is not 3) return false;
        var isMapped = address.IsIPv4MappedToIPv6;
        address = address.Normal();
        var bits = address.AddressFamily is AddressFamily.InterNetwork ? 32 : 128;
        var length = bits;
        if (slash >= 0 && !int.TryParse(word.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out length)) return false;
        if (isMapped && slash >= 0) length -= 96;
        if (length < 0 || length > bits) return false;
        network = new IPNetwork(Masked(address, length), length);
        return true;
    }

    private static IPAddress Masked(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(length - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xff << (8 - kept));
        }
        return new IPAddress(bytes);
    }
}
