namespace Modular.Mail.Dns;

/// <summary>Names as mail meets them.</summary>
public static class DnsName
{
    /// <summary>The form in which names are compared: lower case, A-labels, no final dot. Null when it is no domain name at all.</summary>
    public static string? TryCanonical(string name)
    {
        try
        {
            return DnsMessage.Canonical(name);
        }
        catch (DnsException)
        {
            return null;
        }
    }

    /// <summary>The name under which an address's PTR record stands (RFC 1035 §3.5, RFC 3596 §2.5).</summary>
    public static string OfAddress(System.Net.IPAddress address)
    {
        var bytes = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
        Array.Reverse(bytes);
        return bytes.Length is 4
            ? string.Join('.', bytes) + ".in-addr.arpa"
            : string.Join('.', bytes.Select(value => $"{value & 15:x}.{value >> 4:x}")) + ".ip6.arpa";
    }

    /// <summary>True when it can be asked for: labels of 1 to 63 octets, at most 253 together (RFC 1035 §2.3.4).</summary>
    public static bool IsValid(string name) => TryCanonical(name) is not null;
}
