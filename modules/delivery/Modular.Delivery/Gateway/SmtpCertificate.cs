using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Modular.Mail.Smtp.Server;

namespace Modular.Delivery.Gateway;

/// <summary>The certificate of our SMTP listeners, from the file that <c>Delivery:Gateway:Certificate</c> names.</summary>
internal static class SmtpCertificate
{
    /// <returns>Null when none is configured: no listener offers TLS then.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">It holds no certificate with its private key.</exception>
    public static SslServerAuthenticationOptions? Load(CertificateSettings settings)
    {
        if (settings.Path.Length is 0) return null;
        if (!IsPem(settings.Path)) return SmtpTls.Server(X509CertificateLoader.LoadPkcs12FromFile(settings.Path, settings.Password));

        using var pem = X509Certificate2.CreateFromPemFile(settings.Path, settings.KeyPath.Length > 0 ? settings.KeyPath : null);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(settings.Path);
        chain.RemoveAt(0);
        return SmtpTls.Server(X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null), chain);
    }

    private static bool IsPem(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[64];
        return start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)].IndexOf("-----BEGIN"u8) >= 0;
    }
}
