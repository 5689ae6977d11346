using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Modular.Mail.Smtp.Client;

/// <summary>Whether a session is encrypted (RFC 3207, RFC 7435).</summary>
public enum TlsPolicy
{
    Never,

    /// <summary>With whatever certificate if the server offers it, else in clear: what mail between servers does.</summary>
    Opportunistic,

    /// <summary>With whatever certificate, or not at all.</summary>
    Required,

    /// <summary>With a valid certificate for the server's name, or not at all.</summary>
    Verified,
}

/// <summary>How we behave to a server. The timeouts are those of RFC 5321 §4.5.3.2; shorter ones risk duplicates.</summary>
public sealed record SmtpClientOptions
{
    /// <summary>Our fully qualified name in EHLO; it should resolve to our address and back.</summary>
    public required string HeloName { get; init; }

    public TlsPolicy Tls { get; init; } = TlsPolicy.Opportunistic;

    /// <summary>The name a certificate is checked against and asked for: the MX host, or the smart host.</summary>
    public string ServerName { get; init; } = "";

    /// <summary>Whom <see cref="TlsPolicy.Verified"/> trusts; null for those whom the system trusts.</summary>
    public X509ChainPolicy? TrustedChain { get; init; }

    /// <summary>The local address to send from; null lets the system choose.</summary>
    public IPAddress? LocalAddress { get; init; }

    /// <summary>Writes down what is said, for one session under inspection.</summary>
    public SmtpTranscript? Transcript { get; init; }

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan GreetingTimeout { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan DataTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Wait for the network to take a part of the content.</summary>
    public TimeSpan BlockTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Wait for the reply to the final dot: 10 minutes; giving up early can send the mail twice (RFC 5321 §4.5.3.2.6).</summary>
    public TimeSpan FinalDotTimeout { get; init; } = TimeSpan.FromMinutes(10);

    public TimeSpan TlsTimeout { get; init; } = TimeSpan.FromMinutes(1);

    public TimeSpan QuitTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
