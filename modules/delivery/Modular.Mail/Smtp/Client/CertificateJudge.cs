using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Modular.Mail.TransportSecurity;

namespace Modular.Mail.Smtp.Client;

/// <summary>Asks of a server's certificate what the policy says, and remembers what it was worth.</summary>
internal sealed class CertificateJudge(SmtpClientOptions options, TimeProvider time)
{
    public TlsTrust Trust { get; private set; }

    /// <summary>What the policy has against it; null while there is nothing.</summary>
    public string? Fault { get; private set; }

    public bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors is SslPolicyErrors.None && certificate is not null)
            Trust = TlsTrust.Verified;
        if (options.Tls is TlsPolicy.Dane)
        {
            var own = certificate as X509Certificate2;
            Fault = own is null
                ? "the server showed no certificate"
                : DaneVerifier.Judge(options.TlsaRecords, own, [.. chain?.ChainPolicy.ExtraStore ?? []], [options.ServerName, .. options.AlsoNamed], time.GetUtcNow());
            if (Fault is null)
                Trust = TlsTrust.Dane;
        }
        else if (options.Tls is TlsPolicy.Verified && Trust is TlsTrust.Untrusted)
        {
            Fault = Words(errors, chain);
        }

        return Fault is null;   // encrypted to whoever answers is better than in clear to whoever answers (RFC 7435 §1.2)
    }

    private string Words(SslPolicyErrors errors, X509Chain? chain)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            return "the server showed no certificate";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"the certificate is not for {options.ServerName}";
        var status = chain?.ChainStatus ?? [];
        return status.Any(static s => s.Status is X509ChainStatusFlags.NotTimeValid)
            ? "the certificate has expired, or is not valid yet"
            : $"the certificate is not from an authority we trust ({string.Join(", ", status.Select(static s => s.Status).Distinct())})";
    }
}
