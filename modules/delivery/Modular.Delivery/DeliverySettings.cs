using Modular.Delivery.Queue;
using Modular.Mail.Smtp.Client;

namespace Modular.Delivery;

/// <summary>Where mail goes.</summary>
internal enum DeliveryMode
{
    /// <summary>To the built-in capture server: nothing leaves the machine.</summary>
    Capture,

    /// <summary>To one server that passes it on.</summary>
    Smarthost,

    /// <summary>To the recipients' own mail servers.</summary>
    Mx,
}

/// <summary>The section <c>Delivery</c> of the configuration.</summary>
internal sealed class DeliverySettings
{
    public DeliveryMode Mode { get; set; } = DeliveryMode.Capture;

    /// <summary>The name we greet with; in <c>mx</c> mode it must be the machine's own name in DNS.</summary>
    public string HostName { get; set; } = "mail.modular.localhost";

    /// <summary>The domain of return paths and Message-IDs; its MX is our gateway.</summary>
    public string ReturnDomain { get; set; } = "bounces.modular.localhost";

    /// <summary>A domain of the installation's own that signs all mail beside its sender's domain, and the suite's letters; empty for none.</summary>
    public string SigningDomain { get; set; } = "";

    public LetterSettings Letters { get; set; } = new();

    public SmarthostSettings Smarthost { get; set; } = new();

    public MxSettings Mx { get; set; } = new();

    public TlsSettings Tls { get; set; } = new();

    public TimeoutSettings Timeouts { get; set; } = new();

    public SendingSettings Sending { get; set; } = new();

    /// <summary>What providers may be asked to take, by a name of one's own; <c>default</c> is for each destination of nobody else.</summary>
    public Dictionary<string, ShapeSettings> Shaping { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    public GatewaySettings Gateway { get; set; } = new();

    public SubmissionSettings Submission { get; set; } = new();

    public CaptureSettings Capture { get; set; } = new();

    /// <summary>Null takes the schedule that fits the mode.</summary>
    public RetrySchedule? Retry { get; set; }

    public TimeSpan BackOffDelay => Sending.BackOffDelay ?? (Mode is DeliveryMode.Capture ? TimeSpan.FromSeconds(1) : TimeSpan.FromMinutes(1));

    public RetrySchedule RetrySchedule => Retry ?? (Mode is DeliveryMode.Capture ? RetrySchedule.ForCapture : new RetrySchedule());
}

internal sealed class SmarthostSettings
{
    public string Host { get; set; } = "";

    public int Port { get; set; } = 25;

    /// <summary>The least encryption; null asks for a verified certificate where we sign in, and takes what is offered where we do not.</summary>
    public TlsPolicy? Tls { get; set; }

    /// <summary>TLS from the first byte on; null means: on port 465.</summary>
    public bool? IsTlsImplicit { get; set; }

    /// <summary>Empty where no signing in is needed. The password is shown in clear to nobody but this machine itself.</summary>
    public string UserName { get; set; } = "";

    public string Password { get; set; } = "";

    /// <summary>Whether it speaks LMTP, as mail stores do (RFC 2033), and not SMTP.</summary>
    public bool IsLmtp { get; set; }
}

/// <summary>How sessions to the recipients' own servers are encrypted.</summary>
internal sealed class TlsSettings
{
    /// <summary>The least for all: <c>Never</c>, <c>Opportunistic</c>, <c>Required</c>, <c>Verified</c>. What a destination asks for itself, by DANE or MTA-STS, comes on top.</summary>
    public TlsPolicy Policy { get; set; } = TlsPolicy.Opportunistic;

    /// <summary>The least for some recipient domains, as in <c>Delivery:Tls:Domains:bank.example = Verified</c>.</summary>
    public Dictionary<string, TlsPolicy> Domains { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Heeds TLSA records (RFC 7672). They count only from a resolver that validates and that we may believe.</summary>
    public bool Dane { get; set; } = true;

    /// <summary>Heeds MTA-STS policies (RFC 8461).</summary>
    public bool MtaSts { get; set; } = true;

    /// <summary>A PEM file of the authorities to trust in the place of the system's; empty for the system's.</summary>
    public string RootsFile { get; set; } = "";

    public TlsPolicy PolicyOf(string domain) => Domains.GetValueOrDefault(domain, Policy) is var policy and not TlsPolicy.Dane
        ? policy
        : throw new InvalidOperationException("Delivery:Tls:Policy and Delivery:Tls:Domains take Never, Opportunistic, Required or Verified: DANE is the destination's to ask for.");
}

/// <summary>How long a far server may take. Shorter than RFC 5321 §4.5.3.2 has it risks duplicates.</summary>
internal sealed class TimeoutSettings
{
    public TimeSpan Connect { get; set; } = TimeSpan.FromSeconds(30);

    public TimeSpan Greeting { get; set; } = TimeSpan.FromMinutes(5);

    public TimeSpan Command { get; set; } = TimeSpan.FromMinutes(5);

    public TimeSpan Data { get; set; } = TimeSpan.FromMinutes(2);

    public TimeSpan Block { get; set; } = TimeSpan.FromMinutes(3);

    public TimeSpan FinalDot { get; set; } = TimeSpan.FromMinutes(10);

    public SmtpClientOptions Options(string heloName, string serverName) => new()
    {
        HeloName = heloName,
        ServerName = serverName,
        ConnectTimeout = Connect,
        GreetingTimeout = Greeting,
        CommandTimeout = Command,
        DataTimeout = Data,
        BlockTimeout = Block,
        FinalDotTimeout = FinalDot,
    };
}

internal sealed class MxSettings
{
    public int Port { get; set; } = 25;

    /// <summary>Nothing is sent before <see cref="DeliverySettings.HostName"/> and its addresses name each other in DNS. Off for a laboratory.</summary>
    public bool ChecksOwnName { get; set; } = true;

    /// <summary>Name servers, as address or address:port, separated by commas; empty takes those of <c>/etc/resolv.conf</c>.</summary>
    public string Resolvers { get; set; } = "";
}

internal sealed class SendingSettings
{
    /// <summary>Connections of this process, over all destinations.</summary>
    public int MaxConnections { get; set; } = 200;

    /// <summary>Connections to one destination; 0 takes what fits the mode.</summary>
    public int MaxConnectionsPerDestination { get; set; }

    /// <summary>Messages over one connection before it is closed and opened anew; 0 takes what fits the mode.</summary>
    public int MaxMessagesPerConnection { get; set; }

    /// <summary>Recipients taken out of the queue at once, at most 250.</summary>
    public int BatchSize { get; set; } = 200;

    /// <summary>Recipients that are taken out of the queue and not sent yet, at most.</summary>
    public int MaxClaimed { get; set; } = 20_000;

    /// <summary>How long a commit waits for further outcomes to join it.</summary>
    public TimeSpan CommitDelay { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>How long others wait before they take over from a process that fell silent.</summary>
    public TimeSpan LeaseAge { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a tenant's queue is looked at when nobody says that there is work.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How old the suppression list's word may be when a message is begun; then the list is asked once more, or who left in the meantime would still get it.</summary>
    public TimeSpan RecheckAge { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The day on which this installation's address began to send; unset for one that providers know already.</summary>
    public DateOnly? WarmUpSince { get; set; }

    /// <summary>Messages to one provider on the first day, the second, and so on; behind the last there is no bound.</summary>
    public string WarmUp { get; set; } = "50, 100, 500, 1000, 2500, 5000, 10000, 20000, 40000, 70000, 100000, 150000, 250000, 400000";

    /// <summary>For how long a destination is left alone after it said 421 or could not be reached; doubles up to an hour. Null takes what fits the mode.</summary>
    public TimeSpan? BackOffDelay { get; set; }
}

/// <summary>Limits towards one provider; 0 is none.</summary>
internal sealed class ShapeSettings
{
    /// <summary>Domains of its mail servers, separated by commas: <c>google.com</c> stands for all hosts below it.</summary>
    public string Servers { get; set; } = "";

    public int MaxConnections { get; set; }

    public int MaxMessagesPerConnection { get; set; }

    public double PerSecond { get; set; }

    public int PerHour { get; set; }
}

internal sealed class GatewaySettings
{
    /// <summary>IP addresses to listen at, separated by commas. Loopback until somebody says otherwise.</summary>
    public string Listen { get; set; } = "127.0.0.1";

    /// <summary>The largest message taken, in bytes.</summary>
    public int MaxMessageBytes { get; set; } = 10 * 1024 * 1024;

    /// <summary>The local part that feedback loops send to.</summary>
    public string FeedbackAddress { get; set; } = "fbl";

    /// <summary>The local part that DMARC and TLS reports about sending domains are sent to: the <c>rua</c> of their records in DNS.</summary>
    public string ReportAddress { get; set; } = "reports";

    /// <summary>With one, STARTTLS is offered here and on the submission port, and the port for TLS from the first byte is opened.</summary>
    public CertificateSettings Certificate { get; set; } = new();

    /// <summary>Sessions at once. One that waits costs about ten kilobytes.</summary>
    public int MaxSessions { get; set; } = 16_384;

    /// <summary>Sessions at once of one IPv4 address or one IPv6 /64.</summary>
    public int MaxSessionsPerClient { get; set; } = 20;

    /// <summary>New sessions a minute of one IPv4 address or one IPv6 /64.</summary>
    public int MaxConnectsPerMinute { get; set; } = 60;

    /// <summary>How long the greeting is held back to see who speaks before it.</summary>
    public TimeSpan GreetingDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long replies are held back from a client that errs on and on; on the submission ports too.</summary>
    public TimeSpan TarpitDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Networks free of the limits per client and of the delays, such as those of feedback loops.</summary>
    public string TrustedNetworks { get; set; } = "127.0.0.0/8, ::1/128";

    /// <summary>Networks of load balancers that speak the PROXY protocol to us; from nowhere else is it believed.</summary>
    public string ProxyNetworks { get; set; } = "";
}

internal sealed class CertificateSettings
{
    /// <summary>A PEM file with the certificate and those between it and the root, or a PKCS #12 file. Empty for none.</summary>
    public string Path { get; set; } = "";

    /// <summary>The PEM file with the private key; empty when it stands in the same file.</summary>
    public string KeyPath { get; set; } = "";

    /// <summary>Of a PKCS #12 file.</summary>
    public string? Password { get; set; }
}

internal sealed class LetterSettings
{
    /// <summary>Whom the suite's own mails (invitations, resets) are from. Unset: <c>no-reply</c> at the return domain, whose SPF record vouches for them.</summary>
    public string? From { get; set; }

    public string FromName { get; set; } = "Modular";
}

internal sealed class SubmissionSettings
{
    /// <summary>IP addresses to listen at, separated by commas.</summary>
    public string Listen { get; set; } = "127.0.0.1";

    /// <summary>The largest message taken, in bytes.</summary>
    public int MaxMessageBytes { get; set; } = 25 * 1024 * 1024;

    /// <summary>Recipients of one message; 100 at least (RFC 5321 §4.5.3.1.8).</summary>
    public int MaxRecipients { get; set; } = 1_000;

    public int MaxSessions { get; set; } = 4_096;

    /// <summary>Sessions at once of one IPv4 address or one IPv6 /64.</summary>
    public int MaxSessionsPerClient { get; set; } = 50;

    /// <summary>New sessions a minute of one IPv4 address or one IPv6 /64.</summary>
    public int MaxConnectsPerMinute { get; set; } = 600;

    /// <summary>Programs on this machine may sign in without TLS.</summary>
    public bool AllowsClearOnLoopback { get; set; } = true;

    /// <summary>Recipients a minute of one credential; what is above is told to come back. A minute's worth may come at once.</summary>
    public int MaxRecipientsPerMinute { get; set; } = 6_000;

    /// <summary>How long the answer to a wrong password is held back; twice as long for the next.</summary>
    public TimeSpan FailureDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Networks of load balancers that speak the PROXY protocol to us; from nowhere else is it believed.</summary>
    public string ProxyNetworks { get; set; } = "";
}

internal sealed class CaptureSettings
{
    /// <summary>Captured mail kept, in bytes; the oldest goes first. Its counts are kept.</summary>
    public long MaxBytes { get; set; } = 512L * 1024 * 1024;

    /// <summary>How often <c>+defer-</c> refuses before it accepts.</summary>
    public int Deferrals { get; set; } = 2;
}
