using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Modular.Host.Tests.Certificates;

/// <summary>What an operator would get from an authority: a leaf, the certificate that signed it, a key.</summary>
internal sealed record TestCertificate(string LeafPem, string IssuerPem, string KeyPem)
{
    public const string Authority = "CN=Test authority";

    public static TestCertificate New(string name)
    {
        var (from, until) = (TimeProvider.System.GetUtcNow().AddDays(-2), TimeProvider.System.GetUtcNow().AddYears(2));
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = NewAuthority("CN=Test root", rootKey).CreateSelfSigned(from, until);
        using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issuer = NewAuthority(Authority, issuerKey).Create(root, from.AddHours(1), until.AddHours(-1), RandomNumberGenerator.GetBytes(16));

        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var leaf = request.Create(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuerKey), issuer.NotBefore.AddHours(1), issuer.NotAfter.AddHours(-1), RandomNumberGenerator.GetBytes(16));
        return new(leaf.ExportCertificatePem() + "\n", issuer.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private static CertificateRequest NewAuthority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request;
    }

    public byte[] ToPkcs12(string password)
    {
        using var leaf = X509Certificate2.CreateFromPem(LeafPem, KeyPem);
        using var issuer = X509Certificate2.CreateFromPem(IssuerPem);
        return new X509Certificate2Collection(new X509Certificate2[] { leaf, issuer }).Export(X509ContentType.Pkcs12, password)!;   // null only for a collection without certificates
    }
}
