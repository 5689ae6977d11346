using System.Security.Cryptography;
using Modular.Host.Certificates;
using Modular.Testing;

namespace Modular.Host.Tests.Certificates;

public sealed class CertificateFileTests : IDisposable
{
    private static readonly TestCertificate Made = TestCertificate.New("mail.example");
    private readonly TestFolder _folder = new("certificate");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void PEM_with_a_key_beside_it_brings_its_chain()
    {
        File.WriteAllText(_folder.File("chain.pem"), Made.LeafPem + Made.IssuerPem);
        File.WriteAllText(_folder.File("key.pem"), Made.KeyPem);

        var read = CertificateFile.Read(_folder.File("chain.pem"), _folder.File("key.pem"), null).Context;

        Assert.Equal("CN=mail.example", read.TargetCertificate.Subject);
        Assert.True(read.TargetCertificate.HasPrivateKey);
        Assert.Equal("CN=Test authority", Assert.Single(read.IntermediateCertificates).Subject);
    }

    [Fact]
    public void PEM_may_hold_the_key_as_well()
    {
        File.WriteAllText(_folder.File("all.pem"), Made.KeyPem + Made.LeafPem);
        Assert.True(CertificateFile.Read(_folder.File("all.pem"), null, null).Context.TargetCertificate.HasPrivateKey);
    }

    [Fact]
    public void An_encrypted_key_is_opened_by_its_password()
    {
        using var key = RSA.Create();
        key.ImportFromPem(Made.KeyPem);
        File.WriteAllText(_folder.File("leaf.pem"), Made.LeafPem);
        File.WriteAllText(_folder.File("key.pem"), key.ExportEncryptedPkcs8PrivateKeyPem("open it", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));

        Assert.True(CertificateFile.Read(_folder.File("leaf.pem"), _folder.File("key.pem"), "open it").Context.TargetCertificate.HasPrivateKey);
        Assert.Throws<CannotStartException>(() => CertificateFile.Read(_folder.File("leaf.pem"), _folder.File("key.pem"), "something else"));
    }

    [Fact]
    public void PFX_is_opened_by_its_password()
    {
        File.WriteAllBytes(_folder.File("server.pfx"), Made.ToPkcs12("open it"));

        var read = CertificateFile.Read(_folder.File("server.pfx"), null, "open it").Context;

        Assert.Equal(("CN=mail.example", true), (read.TargetCertificate.Subject, read.TargetCertificate.HasPrivateKey));
        Assert.Throws<CannotStartException>(() => CertificateFile.Read(_folder.File("server.pfx"), null, "something else"));
    }

    [Fact]
    public void A_key_that_belongs_to_another_certificate_is_refused_and_both_files_are_named()
    {
        File.WriteAllText(_folder.File("leaf.pem"), Made.LeafPem);
        File.WriteAllText(_folder.File("key.pem"), TestCertificate.New("other.example").KeyPem);

        var refused = Assert.Throws<CannotStartException>(() => CertificateFile.Read(_folder.File("leaf.pem"), _folder.File("key.pem"), null));

        Assert.Contains("leaf.pem", refused.Message, StringComparison.Ordinal);
        Assert.Contains("key.pem", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Contains("nowhere.pem", Assert.Throws<CannotStartException>(() => CertificateFile.Read(_folder.File("nowhere.pem"), null, null)).Message, StringComparison.Ordinal);
}
