using System.Net.Security;
using System.Security.Authentication;

namespace Modular.Kernel.Web;

/// <summary>How every listener of ours shakes hands: TLS 1.2 and 1.3, forward secrecy and authenticated ciphers alone (RFC 9325 §3.1.1, RFC 9325 §4.2).</summary>
public static class TlsHandshake
{
    // Without this the framework also offers CBC suites. Its price is that sessions are not resumed; connections are kept instead.
    private static readonly CipherSuitesPolicy? Suites = OperatingSystem.IsWindows() || OperatingSystem.IsAndroid() ? null : new(
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]);

    /// <summary>What a server offers in one handshake, with the certificate of this moment.</summary>
    public static SslServerAuthenticationOptions NewHandshake(this IServerCertificate certificate) => new()
    {
        ServerCertificateContext = certificate.Current,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CipherSuitesPolicy = Suites,
        AllowRenegotiation = false,
    };
}
