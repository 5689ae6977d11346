using System.Net.Security;
using System.Security.Authentication;

namespace Modular.Mail.Smtp.Client;

/// <summary>Whose the certificate of a server was.</summary>
public enum TlsTrust
{
    /// <summary>Anybody's: encrypted, and not known to whom (RFC 7435 §1.2).</summary>
    Untrusted,

    /// <summary>The server's, by an authority we trust.</summary>
    Verified,

    /// <summary>The server's, by its own TLSA records.</summary>
    Dane,
}

/// <summary>How a session is encrypted.</summary>
public sealed record TlsSession(SslProtocols Protocol, TlsCipherSuite Cipher, TlsTrust Trust)
{
    /// <summary>As in <c>TLS 1.3, verified</c>.</summary>
    public override string ToString()
    {
#pragma warning disable CA5397, CS0618, SYSLIB0039 // Old versions are named here, not chosen
        var version = Protocol switch
        {
            SslProtocols.Tls13 => "TLS 1.3",
            SslProtocols.Tls12 => "TLS 1.2",
            SslProtocols.Tls11 => "TLS 1.1",
            SslProtocols.Tls => "TLS 1.0",
            _ => Protocol.ToString(),
        };
#pragma warning restore CA5397, CS0618, SYSLIB0039
        return Trust switch
        {
            TlsTrust.Verified => version + ", verified",
            TlsTrust.Dane => version + ", DANE",
            _ => version + ", untrusted",
        };
    }
}
