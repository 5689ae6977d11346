using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Modular.Mail.Tests.TransportSecurity;

/// <summary>A certificate authority of a test's own.</summary>
internal sealed class TestAuthority
{
    private static int _serial;

    private readonly X509Certificate2 _withKey;

    public TestAuthority(TestAuthority? above = null)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=Test authority {Interlocked.Increment(ref _serial)}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = TimeProvider.System.GetUtcNow();
        _withKey = above is null
            ? request.CreateSelfSigned(now.AddDays(-400), now.AddDays(400))
            : request.Create(above._withKey, now.AddDays(-300), now.AddDays(300), Serial()).CopyWithPrivateKey(key);
        Certificate = X509CertificateLoader.LoadCertificate(_withKey.RawData);
    }

    public X509Certificate2 Certificate { get; }

    public X509Certificate2 Issue(string name, bool isExpired = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var issued = request.Create(_withKey, now.AddDays(-100), now.AddDays(isExpired ? -10 : 100), Serial());
        using var whole = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    private static byte[] Serial() => BitConverter.GetBytes(Interlocked.Increment(ref _serial)).Reverse().ToArray();
}
