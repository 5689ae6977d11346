using System.Net;
using System.Security.Cryptography.X509Certificates;
using Modular.Mail.Dns;

namespace Modular.Mail.Smtp.Client;

/// <summary>Whether a session is encrypted, and to whom (RFC 3207, RFC 7435).</summary>
public enum TlsPolicy
{
    Never,

    /// <summary>With whatever certificate if the server offers it, else in clear: what mail between servers does.</summary>
    Opportunistic,

    /// <summary>With whatever certificate, or not at all.</summary>
    Required,

    /// <summary>With a valid certificate for the server's name, or not at all; what an MTA-STS policy enforces (RFC 8461 §4.1).</summary>
    Verified,

    /// <summary>With a certificate that matches <see cref="SmtpClientOptions.TlsaRecords"/>, or not at all (RFC 7672 §2.2).</summary>
    Dane,
}

public enum SmtpDialect
{
    Smtp,

    /// <summary>LHLO, and a reply for each recipient behind the final dot (RFC 2033 §4.2).</summary>
    Lmtp,
}

/// <summary>Who we are to a server that wants to know (RFC 4954). Its text never shows the password.</summary>
public sealed record SmtpCredentials(string UserName, string Password)
{
    public override string ToString() => UserName;
}

/// <summary>How we behave to a server. The timeouts are those of RFC 5321 §4.5.3.2; shorter ones risk duplicates.</summary>
public sealed record SmtpClientOptions
{
    /// <summary>Our fully qualified name in EHLO; it should resolve to our address and back.</summary>
    public required string HeloName { get; init; }

    public SmtpDialect Dialect { get; init; }

    public TlsPolicy Tls { get; init; } = TlsPolicy.Opportunistic;

    /// <summary>TLS from the first byte on, as on port 465 (RFC 8314 §3.3), instead of STARTTLS.</summary>
    public bool IsTlsImplicit { get; init; }

    /// <summary>The name a certificate is checked against and asked for: the MX host, or the smart host.</summary>
    public string ServerName { get; init; } = "";

    /// <summary>For <see cref="TlsPolicy.Dane"/>: the usable records of the server, never none.</summary>
    public IReadOnlyList<DnsRecord.Tlsa> TlsaRecords { get; init; } = [];

    /// <summary>For <see cref="TlsPolicy.Dane"/>: names besides <see cref="ServerName"/> that a certificate below a trust anchor may bear, such as the domain whose MX it is (RFC 7672 §3.2.2).</summary>
    public IReadOnlyList<string> AlsoNamed { get; init; } = [];

    /// <summary>Whom <see cref="TlsPolicy.Verified"/> trusts; null for those whom the system trusts.</summary>
    public X509ChainPolicy? TrustedChain { get; init; }

    /// <summary>Signs in before the first message. A server that offers no mechanism of ours (SCRAM-SHA-256, PLAIN, LOGIN) is a fault.</summary>
    public SmtpCredentials? Credentials { get; init; }

    /// <summary>Lets PLAIN and LOGIN show the password to the network. SCRAM-SHA-256 never does, and needs no permission.</summary>
    public bool MayShowPassword { get; init; }

    /// <summary>Messages of at least so many bytes go by BDAT where CHUNKING is offered (RFC 3030 §2); smaller ones gain nothing from it.</summary>
    public long ChunkingFromBytes { get; init; } = 256 * 1024;

    /// <summary>The local address to send from; null lets the system choose.</summary>
    public IPAddress? LocalAddress { get; init; }

    /// <summary>Writes down what is said, for one session under inspection.</summary>
    public SmtpTranscript? Transcript { get; init; }

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Wait for the whole greeting (RFC 5321 §4.5.3.2.1).</summary>
    public TimeSpan GreetingTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Wait for the whole reply to EHLO, MAIL, RCPT and the like (RFC 5321 §4.5.3.2.2, §4.5.3.2.3).</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Wait for the 354 (RFC 5321 §4.5.3.2.4).</summary>
    public TimeSpan DataTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Wait for the network to take a part of the content (RFC 5321 §4.5.3.2.5).</summary>
    public TimeSpan BlockTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Wait for the reply to the final dot: 10 minutes; giving up early can send the mail twice (RFC 5321 §4.5.3.2.6).</summary>
    public TimeSpan FinalDotTimeout { get; init; } = TimeSpan.FromMinutes(10);

    public TimeSpan TlsTimeout { get; init; } = TimeSpan.FromMinutes(1);

    public TimeSpan QuitTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
