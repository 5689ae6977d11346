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
    Mx = 15,
    Txt = 16,
    Aaaa = 28,
}

/// <param name="Exists">False when there is no such name; true with no records when it only has none of the type asked for.</param>
/// <param name="Records">Of the type asked for, behind any aliases.</param>
/// <param name="Ttl">How long the answer holds.</param>
public sealed record DnsAnswer(bool Exists, IReadOnlyList<DnsRecord> Records, TimeSpan Ttl)
{
    public static DnsAnswer NoSuchName { get; } = new(false, [], TimeSpan.Zero);
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

    internal sealed record Alias(string Target) : DnsRecord;
}

/// <summary>The domain name system could not be asked, or contradicted itself.</summary>
public sealed class DnsException(string message, Exception? inner = null) : Exception(message, inner);
