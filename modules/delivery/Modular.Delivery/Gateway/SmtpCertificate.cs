using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;
using Modular.Kernel.Web;
using Modular.Mail.Smtp.Server;

namespace Modular.Delivery.Gateway;

/// <summary>The certificate of our SMTP listeners: from the file that <c>Delivery:Gateway:Certificate</c> names, else the installation's, which may be renewed while we run.</summary>
internal sealed class SmtpCertificate(IServerCertificate installation, IOptions<DeliverySettings> settings)
{
    private readonly SslServerAuthenticationOptions? _own = Load(settings.Value.Gateway.Certificate);

    /// <summary>For a handshake that begins now.</summary>
    public SslServerAuthenticationOptions Now() => _own ?? SmtpTls.Server(installation.Current);

    /// <returns>Null when the settings name none.</returns>
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
