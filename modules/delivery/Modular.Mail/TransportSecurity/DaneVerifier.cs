using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modular.Mail.Dns;

namespace Modular.Mail.TransportSecurity;

/// <summary>Whether a server's certificate is the one that its domain's TLSA records speak of (RFC 7671 §5, RFC 7672 §3.1). Pure.</summary>
public static class DaneVerifier
{
    private const int TrustAnchor = 2, EndEntity = 3, Whole = 0, PublicKey = 1, Itself = 0, Sha256 = 1, Sha512 = 2;

    /// <summary>Whether a mail client can do anything with a record: the other usages have no meaning in mail (RFC 7672 §3.1.3).</summary>
    public static bool IsUsable(DnsRecord.Tlsa record) => record.Usage is TrustAnchor or EndEntity && record.Selector is Whole or PublicKey && record.MatchingType switch
    {
        Itself => record.Data.Length > 0,
        Sha256 => record.Data.Length is SHA256.HashSizeInBytes,
        Sha512 => record.Data.Length is SHA512.HashSizeInBytes,
        _ => false,
    };

    /// <param name="records">All that were found; unusable ones are passed over.</param>
    /// <param name="presented">The certificates that the server sent besides its own, in any order.</param>
    /// <param name="names">What the certificate may be for, when a trust anchor vouches for it: the server's name, and the domain whose MX it is (RFC 7672 §3.2.2).</param>
    /// <returns>Null when one matches; else why none does.</returns>
    public static string? Judge(
        IReadOnlyList<DnsRecord.Tlsa> records, X509Certificate2 own, IReadOnlyCollection<X509Certificate2> presented, IReadOnlyCollection<string> names, DateTimeOffset now)
    {
        var usable = Strongest(records.Where(IsUsable));
        if (usable.Count is 0)
            return "there is no usable TLSA record";
        if (usable.Exists(r => r.Usage is EndEntity && Matches(r, own)))
            return null;   // whatever its names and dates say (RFC 7671 §5.1)
        var anchors = usable.Where(static r => r.Usage is TrustAnchor).ToList();
        if (anchors.Count is 0)
            return "the certificate matches none of the TLSA records";
        if (!names.Any(name => own.MatchesHostname(name, allowWildcards: true, allowCommonName: true)))
            return $"the certificate is not for {string.Join(" or ", names)}";
        return HasAnchor(anchors, own, presented, now) ? null : "no trust anchor of the TLSA records vouches for the certificate";
    }

    /// <summary>Where a domain publishes one thing in several digests, only the strongest counts (RFC 7671 §9).</summary>
    private static List<DnsRecord.Tlsa> Strongest(IEnumerable<DnsRecord.Tlsa> records)
    {
        var all = records.ToList();
        return all.FindAll(r => r.MatchingType is not Sha256 || !all.Exists(other => other.MatchingType is Sha512 && other.Usage == r.Usage && other.Selector == r.Selector));
    }

    private static bool Matches(DnsRecord.Tlsa record, X509Certificate2 certificate)
    {
        var subject = record.Selector is Whole ? certificate.RawData : certificate.PublicKey.ExportSubjectPublicKeyInfo();
        return record.MatchingType switch
        {
            Itself => record.Data.Span.SequenceEqual(subject),
            Sha256 => record.Data.Span.SequenceEqual(SHA256.HashData(subject)),
            _ => record.Data.Span.SequenceEqual(SHA512.HashData(subject)),
        };
    }

    private static bool HasAnchor(List<DnsRecord.Tlsa> records, X509Certificate2 own, IReadOnlyCollection<X509Certificate2> presented, DateTimeOffset now)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;   // the anchor may stand in the middle of a chain
        chain.ChainPolicy.ExtraStore.AddRange(presented.ToArray());
        var published = records.Where(static r => r is { Selector: Whole, MatchingType: Itself }).Select(Load).OfType<X509Certificate2>().ToList();   // such a one need not be sent (RFC 7671 §5.2.2)
        chain.ChainPolicy.ExtraStore.AddRange(published.ToArray());
        try
        {
            return chain.Build(own) && chain.ChainElements.Skip(1).Any(element => records.Exists(record => Matches(record, element.Certificate)));
        }
        finally
        {
            foreach (var certificate in published.Concat(chain.ChainElements.Skip(1).Select(static element => element.Certificate)))
                certificate.Dispose();
        }
    }

    private static X509Certificate2? Load(DnsRecord.Tlsa record)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(record.Data.Span);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
