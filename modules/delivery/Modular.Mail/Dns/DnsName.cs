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

    /// <summary>True when it can be asked for: labels of 1 to 63 octets, at most 253 together (RFC 1035 §2.3.4).</summary>
    public static bool IsValid(string name) => TryCanonical(name) is not null;
}
