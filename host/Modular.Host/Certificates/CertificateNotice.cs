using System.Security.Cryptography;
using Modular.Kernel.Web;

namespace Modular.Host.Certificates;

/// <summary>Says at the start where HTTPS is, and by what to recognise a certificate that nobody else vouches for.</summary>
internal sealed class CertificateNotice(IServerCertificate certificate, HostFacts facts) : IStartupNotice
{
    public Task<IReadOnlyList<string>> LinesAsync(CancellationToken ct)
    {
        IReadOnlyList<string> lines = !facts.Is(HostRoles.Web) ? []
            : certificate.IsSelfSigned
                ?
                [
                    $"HTTPS: port {facts.Ports.Https}, with a certificate that this installation signed itself. Its SHA-256 fingerprint:",
                    $"  {string.Join(':', SHA256.HashData(certificate.Current.TargetCertificate.RawData).Select(b => b.ToString("X2", null)))}",
                    "  Your own goes into Host:Certificate:Path and Host:Certificate:KeyPath.",
                ]
                : [$"HTTPS: port {facts.Ports.Https}, with {certificate.Current.TargetCertificate.Subject}"];
        return Task.FromResult(lines);
    }
}
