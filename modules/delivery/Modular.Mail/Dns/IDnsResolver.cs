using System.Net;

namespace Modular.Mail.Dns;

/// <summary>Asks the domain name system. Answers are facts: a name that does not exist is one, a server that does not answer is not.</summary>
public interface IDnsResolver
{
    /// <param name="name">A domain name, with or without the final dot; U-labels are converted (RFC 5891).</param>
    /// <exception cref="DnsException">No server gave an answer; asking later may help.</exception>
    ValueTask<DnsAnswer> QueryAsync(string name, DnsType type, CancellationToken ct);
}

/// <summary>The types of record that mail asks for; the numbers are those of the protocol.</summary>
public enum DnsType
{
    A = 1,
    Cname = 5,
    Soa = 6,

    /// <summary>PTR: the host name of an address.</summary>
    Reverse = 12,

    Mx = 15,
    Txt = 16,
    Aaaa = 28,
    Tlsa = 52,
}

/// <param name="Exists">False when there is no such name; true with no records when it only has none of the type asked for.</param>
/// <param name="Records">Of the type asked for, behind any aliases.</param>
/// <param name="Ttl">How long the answer holds.</param>
public sealed record DnsAnswer(bool Exists, IReadOnlyList<DnsRecord> Records, TimeSpan Ttl)
{
    public static DnsAnswer NoSuchName { get; } = new(false, [], TimeSpan.Zero);

    /// <summary>
    /// Every step of the answer was validated by DNSSEC, by a resolver that is trusted to say so (AD, RFC 4035 §3.2.3). True is what
    /// DANE builds on (RFC 7672 §2.1); false means unsigned or not checked. A forged answer is neither: it is a <see cref="DnsException"/>.
    /// </summary>
    public bool IsAuthenticated { get; init; }

    /// <summary>The name at the end of the aliases, in lower case without the final dot; null when the name asked for is none.</summary>
    public string? AliasOf { get; init; }
}

/// <summary>What a record says.</summary>
public abstract record DnsRecord
{
    private DnsRecord()
    {
    }

    /// <summary>A or AAAA.</summary>
    public sealed record Address(IPAddress Value) : DnsRecord;

    /// <param name="Host">Without the final dot; empty for the root, as in a null MX (RFC 7505).</param>
    public sealed record Exchanger(int Preference, string Host) : DnsRecord;

    /// <summary>A TXT record, its strings joined without anything between them.</summary>
    public sealed record Text(string Value) : DnsRecord;

    /// <summary>A PTR record.</summary>
    /// <param name="Name">Without the final dot.</param>
    public sealed record HostName(string Name) : DnsRecord;

    /// <summary>A TLSA record (RFC 6698 §2.1), its three numbers as they are: unknown ones are the reader's to leave out.</summary>
    /// <param name="Usage">0 to 3: PKIX-TA, PKIX-EE, DANE-TA, DANE-EE.</param>
    /// <param name="Selector">0 is the whole certificate, 1 its SubjectPublicKeyInfo.</param>
    /// <param name="MatchingType">0 is the octets themselves, 1 their SHA-256, 2 their SHA-512.</param>
    /// <param name="Data">What to compare with.</param>
    public sealed record Tlsa(byte Usage, byte Selector, byte MatchingType, ReadOnlyMemory<byte> Data) : DnsRecord;

    /// <summary>A CNAME record; only seen when that type is asked for.</summary>
    public sealed record Alias(string Target) : DnsRecord;
}

/// <summary>The domain name system could not be asked, or contradicted itself.</summary>
public sealed class DnsException(string message, Exception? inner = null) : Exception(message, inner);
