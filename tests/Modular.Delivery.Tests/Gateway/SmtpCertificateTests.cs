using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modular.Delivery.Gateway;
using Modular.Testing;

namespace Modular.Delivery.Tests.Gateway;

/// <summary>What operators write into the settings of the listeners: files of certificates, networks.</summary>
public sealed class SmtpCertificateTests : IDisposable
{
    private readonly TestFolder _folder = new("smtp-certificate");
    private readonly X509Certificate2 _certificate = SelfSigned();

    public void Dispose()
    {
        _certificate.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void None_is_none() => Assert.Null(SmtpCertificate.Load(new CertificateSettings()));

    [Theory]
    [InlineData("one file")]
    [InlineData("two files")]
    [InlineData("PKCS #12")]
    public void A_certificate_is_read_with_its_key(string form)
    {
        string pem = _certificate.ExportCertificatePem(), key = _certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();
        var settings = form switch
        {
            "one file" => new CertificateSettings { Path = Write("both.pem", pem + "\n" + key) },
            "two files" => new CertificateSettings { Path = Write("cert.pem", pem), KeyPath = Write("key.pem", key) },
            _ => new CertificateSettings { Path = Write("store.p12", _certificate.Export(X509ContentType.Pkcs12, "secret")), Password = "secret" },
        };

        var read = SmtpCertificate.Load(settings)!.ServerCertificateContext!.TargetCertificate;

        Assert.Equal(_certificate.Thumbprint, read.Thumbprint);
        Assert.True(read.HasPrivateKey);
    }

    [Fact]
    public void Files_that_do_not_serve_are_refused()
    {
        Assert.ThrowsAny<IOException>(() => SmtpCertificate.Load(new CertificateSettings { Path = Path.Combine(_folder.Path, "missing.pem") }));
        Assert.ThrowsAny<CryptographicException>(() => SmtpCertificate.Load(new CertificateSettings { Path = Write("lone.pem", _certificate.ExportCertificatePem()) }));
        Assert.ThrowsAny<CryptographicException>(() => SmtpCertificate.Load(new CertificateSettings { Path = Write("noise.p12", [1, 2, 3]) }));
    }

    [Theory]
    [InlineData("", "127.0.0.1", false)]
    [InlineData("127.0.0.0/8, ::1/128", "127.9.9.9", true)]
    [InlineData("127.0.0.0/8, ::1/128", "::1", true)]
    [InlineData("127.0.0.0/8, ::1/128", "128.0.0.1", false)]
    [InlineData("192.0.2.7,", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("2001:db8::/32", "2001:db8:1::2", true)]
    public void A_network_holds_its_addresses(string networks, string address, bool isInside) =>
        Assert.Equal(isInside, Networks.Parse(networks)(IPAddress.Parse(address)));

    [Fact]
    public void What_is_no_network_is_refused() => Assert.ThrowsAny<FormatException>(() => Networks.Parse("127.0.0.1, office"));

    private string Write(string name, string text) => Write(name, System.Text.Encoding.ASCII.GetBytes(text));

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder.Path, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var made = new CertificateRequest("CN=mx.example.com", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }
}
