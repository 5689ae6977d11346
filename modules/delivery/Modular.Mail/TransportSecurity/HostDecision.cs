using Modular.Mail.Dns;
using Modular.Mail.Smtp.Client;

namespace Modular.Mail.TransportSecurity;

/// <summary>What the domain name system says about a mail server's certificate (RFC 7672 §2.2).</summary>
public abstract record TlsaFinding
{
    private TlsaFinding()
    {
    }

    /// <summary>Nothing that could be trusted: an unsigned zone, no records, or nobody to validate them.</summary>
    public sealed record None : TlsaFinding;

    /// <summary>Signed records, at least one; perhaps none that is usable.</summary>
    public sealed record Records(IReadOnlyList<DnsRecord.Tlsa> All) : TlsaFinding;

    /// <summary>The zone is signed and its servers, or somebody between, do not say whether there are records.</summary>
    public sealed record Unknown(string Words) : TlsaFinding;
}

/// <summary>What is decided about one mail server of a destination.</summary>
public abstract record HostVerdict
{
    private HostVerdict()
    {
    }

    /// <param name="Tls">How to speak to it.</param>
    /// <param name="Records">For <see cref="TlsPolicy.Dane"/>; else none.</param>
    public sealed record Use(TlsPolicy Tls, IReadOnlyList<DnsRecord.Tlsa> Records) : HostVerdict;

    /// <summary>No mail goes to it now. Where all are passed over, the mail waits: that is never a failure for good (RFC 8461 §5, RFC 7672 §2.2).</summary>
    public sealed record Pass(string Reason) : HostVerdict;
}

/// <summary>Whether mail may go to a server of a destination, and how. Pure.</summary>
public static class HostDecision
{
    /// <param name="wanted">The least that our side asks for, whatever the destination says of itself.</param>
    /// <param name="policy">The destination's MTA-STS policy; null for none. DANE comes before it (RFC 8461 §2).</param>
    public static HostVerdict Decide(string host, TlsPolicy wanted, TlsaFinding tlsa, MtaStsPolicy? policy)
    {
        switch (tlsa)
        {
            case TlsaFinding.Unknown unknown:
                return new HostVerdict.Pass($"{host}: its TLSA records could not be looked up ({unknown.Words})");
            case TlsaFinding.Records { All: var all }:
                return all.Any(DaneVerifier.IsUsable)
                    ? new HostVerdict.Use(TlsPolicy.Dane, all)
                    : new HostVerdict.Use(AtLeast(wanted, TlsPolicy.Required), []);   // they ask for TLS, and cannot say whose (RFC 7672 §2.2)
        }

        if (policy is not { Mode: MtaStsMode.Enforce })
            return new HostVerdict.Use(wanted, []);
        return policy.Covers(host)
            ? new HostVerdict.Use(AtLeast(wanted, TlsPolicy.Verified), [])
            : new HostVerdict.Pass($"{host} is not a mail server of the domain's MTA-STS policy");
    }

    private static TlsPolicy AtLeast(TlsPolicy wanted, TlsPolicy least) => wanted > least ? wanted : least;
}
