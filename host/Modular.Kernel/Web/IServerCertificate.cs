using System.Net.Security;

namespace Modular.Kernel.Web;

/// <summary>
/// The certificate of this installation, for every listener that speaks TLS: the operator's own, or one that the installation signs itself for a trial.
/// Served by the host. Thread-safe.
/// </summary>
public interface IServerCertificate
{
    /// <summary>The certificate with its key and chain, for a handshake that begins now. To be asked for at each one: it changes while the suite runs, when its file does.</summary>
    SslStreamCertificateContext Current { get; }

    /// <summary>Nobody but this installation vouches for it: good for a trial, and for mail servers that encrypt without asking who answers.</summary>
    bool IsSelfSigned { get; }
}
