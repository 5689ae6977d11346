using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Modular.Host.Certificates;

/// <summary>
/// A certificate that the installation signs itself, so that a trial is encrypted from its first minute: in the data folder, readable by its owner alone,
/// for the names by which this machine can be called. Made anew a month before it ends, and when it lacks a name.
/// </summary>
internal static class TrialCertificate
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(397);   // browsers refuse longer ones
    public static readonly TimeSpan RenewedBefore = TimeSpan.FromDays(30);

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Where it is, made or renewed if that is due.</summary>
    public static string Ensure(string folder, IReadOnlyList<string> names, DateTimeOffset now)
    {
        var path = Path.Combine(folder, "self-signed.pem");
        if (!File.Exists(path))
            DurableFile.TryWriteNew(path, NewPem(names, now));   // of two processes that start at once, one makes it
        if (!IsGood(path, names, now))
            DurableFile.Replace(path, NewPem(names, now));
        return path;
    }

    /// <summary>The names and addresses it is for: the public one, the machine's, and the machine itself.</summary>
    public static IReadOnlyList<string> NamesOf(Uri publicUrl, IPAddress listening, string machine) =>
        new[] { publicUrl.IdnHost.Trim('[', ']'), IPAddress.IPv6Any.Equals(listening) || IPAddress.Any.Equals(listening) ? "localhost" : listening.ToString(), machine.ToLowerInvariant(), "localhost", "127.0.0.1", "::1" }
            .Where(n => Uri.CheckHostName(n) is not UriHostNameType.Unknown)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToList();

    private static byte[] NewPem(IReadOnlyList<string> names, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName("CN=Modular self-signed"), key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
                alternatives.AddIpAddress(address);
            else
                alternatives.AddDnsName(name);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now + Lifetime - TimeSpan.FromHours(2));   // clocks differ
        return System.Text.Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private static bool IsGood(string path, IReadOnlyList<string> names, DateTimeOffset now)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPemFile(path);
            var alternatives = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
            var held = (alternatives?.EnumerateDnsNames() ?? []).Concat((alternatives?.EnumerateIPAddresses() ?? []).Select(a => a.ToString())).ToHashSet(StringComparer.OrdinalIgnoreCase);
            return now + RenewedBefore < certificate.NotAfter.ToUniversalTime() && names.All(held.Contains);
        }
        catch (CryptographicException)   // cut off or overwritten: there is nothing to keep of it
        {
            return false;
        }
    }
}
