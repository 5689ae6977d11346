using System.Net;
using Microsoft.Extensions.Options;
using Modular.Delivery.Gateway;
using Modular.Mail.Smtp.Server;

namespace Modular.Delivery.Submission;

/// <summary>Submission with STARTTLS (port 587 in production; RFC 6409).</summary>
internal sealed class SubmissionConnections(SubmissionOptions options, SubmissionHandler handler, TimeProvider time)
    : SmtpConnections(new SmtpServer(options.StartTls, handler, time));

/// <summary>Submission with TLS from the first byte (port 465 in production; RFC 8314 §3.3).</summary>
internal sealed class SmtpsConnections(SubmissionOptions options, SubmissionHandler handler, TimeProvider time)
    : SmtpConnections(new SmtpServer(options.StartTls with { IsTlsImplicit = true }, handler, time));

/// <summary>How both behave.</summary>
internal sealed class SubmissionOptions(SmtpCertificate certificate, IOptions<DeliverySettings> settings, ISealer sealer)
{
    public SmtpServerOptions StartTls => new()
    {
        HostName = settings.Value.HostName,
        TlsNow = certificate.Now,
        BareLineEnds = BareLineEnds.Refuse, // a program that submits can be mended
        MaxMessageBytes = settings.Value.Submission.MaxMessageBytes,
        MaxRecipients = settings.Value.Submission.MaxRecipients,
        MaxSessions = settings.Value.Submission.MaxSessions,
        MaxSessionsPerClient = settings.Value.Submission.MaxSessionsPerClient,
        MaxConnectsPerMinute = settings.Value.Submission.MaxConnectsPerMinute,
        TarpitDelay = settings.Value.Gateway.TarpitDelay,
        IsTrusted = Networks.Parse(settings.Value.Gateway.TrustedNetworks),
        IsProxy = Networks.Parse(settings.Value.Submission.ProxyNetworks),
        Authentication = new SmtpAuthentication
        {
            DecoySecret = sealer.IndexSystem("delivery.submission", "decoy").ToByteArray(),
            FailureDelay = settings.Value.Submission.FailureDelay,
            MayBeInClear = address => settings.Value.Submission.AllowsClearOnLoopback && IPAddress.IsLoopback(address),
        },
    };
}
