using System.Net;
using System.Net.Security;

namespace Modular.Mail.Smtp.Server;

/// <summary>How one listener behaves. The defaults suit a gateway that faces the Internet.</summary>
public sealed record SmtpServerOptions
{
    /// <summary>The fully qualified name in the greeting and the EHLO reply.</summary>
    public required string HostName { get; init; }

    public BareLineEnds BareLineEnds { get; init; } = BareLineEnds.Normalise;

    /// <summary>With this set, STARTTLS is offered (RFC 3207). <see cref="SmtpTls"/> makes one that suits.</summary>
    public SslServerAuthenticationOptions? Tls { get; init; }

    /// <summary>The same, asked for at each handshake, where the certificate changes while the server runs.</summary>
    public Func<SslServerAuthenticationOptions>? TlsNow { get; init; }

    /// <summary>TLS begins with the first byte instead (RFC 8314 §3.3); needs one of the two.</summary>
    public bool IsTlsImplicit { get; init; }

    /// <summary>Null offers no AUTH.</summary>
    public SmtpAuthentication? Authentication { get; init; }

    /// <summary>The largest message, as offered by SIZE (RFC 1870).</summary>
    public int MaxMessageBytes { get; init; } = 50 * 1024 * 1024;

    /// <summary>Recipients of one message; at least 100 (RFC 5321 §4.5.3.1.8).</summary>
    public int MaxRecipients { get; init; } = 1000;

    /// <summary>Refused commands before the session is closed; each accepted message starts the count anew.</summary>
    public int MaxErrors { get; init; } = 20;

    /// <summary>Commands that lead nowhere (NOOP, RSET, VRFY, HELP, EHLO) before the session is closed, counted like errors.</summary>
    public int MaxIdleCommands { get; init; } = 100;

    /// <summary>Refused commands of one session before the replies to further ones are held back for <see cref="TarpitDelay"/>.</summary>
    public int TarpitAfterErrors { get; init; } = 5;

    /// <summary>Zero holds nothing back.</summary>
    public TimeSpan TarpitDelay { get; init; }

    /// <summary>Received fields of a message before it is taken for one that goes round in circles (RFC 5321 §6.3).</summary>
    public int MaxReceivedFields { get; init; } = 100;

    public int MaxSessions { get; init; } = 1000;

    /// <summary>Open sessions of one IPv4 address or one IPv6 /64.</summary>
    public int MaxSessionsPerClient { get; init; } = 20;

    /// <summary>New sessions a minute of one IPv4 address or one IPv6 /64.</summary>
    public int MaxConnectsPerMinute { get; init; } = 60;

    /// <summary>Refused commands a minute of one IPv4 address or one IPv6 /64, in all its sessions, before it is sent away at the door.</summary>
    public int MaxErrorsPerMinute { get; init; } = 200;

    /// <summary>Memory of all messages that are being received.</summary>
    public long MaxBufferedBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>True frees an address from the limits for one client, such as a provider's feedback loop.</summary>
    public Func<IPAddress, bool> IsTrusted { get; init; } = static _ => false;

    /// <summary>
    /// True for the load balancers before us. Their connections begin with the PROXY protocol, version 1 or 2, which says who the client is; a connection
    /// of theirs without it is closed, and from others it is no command we know.
    /// </summary>
    public Func<IPAddress, bool> IsProxy { get; init; } = static _ => false;

    /// <summary>How long the greeting is held back, to see who speaks before it: mail servers wait, spam programs often do not. Zero looks at nobody; the trusted never wait.</summary>
    public TimeSpan GreetingDelay { get; init; }

    /// <summary>Wait for a whole command: at least 5 minutes (RFC 5321 §4.5.3.2.7).</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The same while more than four fifths of the sessions are taken.</summary>
    public TimeSpan BusyCommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Wait for the next bytes of a message.</summary>
    public TimeSpan DataTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>A message that comes slower than this is cut off, once <see cref="DataRateGrace"/> is over.</summary>
    public int MinDataBytesPerSecond { get; init; } = 100;

    public TimeSpan DataRateGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Wait for the client to take our replies.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>For the handshake, and for the PROXY protocol before it.</summary>
    public TimeSpan TlsTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The handler's time for one answer; then the client is told to come back (RFC 5321 §6.1: answer the final dot soon).</summary>
    public TimeSpan HandlerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>No session lives longer.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>What a transaction under way may still take when the server stops.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(30);

    internal bool OffersTls => Tls is not null || TlsNow is not null;
}
