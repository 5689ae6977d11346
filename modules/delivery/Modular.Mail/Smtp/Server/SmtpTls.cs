using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Modular.Mail.Smtp.Server;

/// <summary>What a mail server offers under TLS (RFC 9325 §3.1, §4.2): versions 1.2 and 1.3, forward secrecy, authenticated encryption.</summary>
public static class SmtpTls
{
    private static readonly CipherSuitesPolicy Policy = new(
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]);

    /// <param name="certificate">With its private key.</param>
    /// <param name="chain">The certificates between it and the root, which clients need; null for none.</param>
    public static SslServerAuthenticationOptions Server(X509Certificate2 certificate, X509Certificate2Collection? chain = null) =>
        Server(SslStreamCertificateContext.Create(certificate, chain, offline: true));

    public static SslServerAuthenticationOptions Server(SslStreamCertificateContext certificate) => new()
    {
        ServerCertificateContext = certificate,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CipherSuitesPolicy = Policy,
        AllowRenegotiation = false,
    };
}
