using System.Net.Security;
using Modular.Host.Settings;
using Modular.Kernel.Web;

namespace Modular.Host.Certificates;

/// <summary>The certificate in use. It is read at the first question, and again when its files hold something else; what cannot be used replaces nothing.</summary>
internal sealed partial class ServerCertificate(CertificateSettings settings, HostSettings host, TimeProvider time, ILogger<ServerCertificate> log) : IServerCertificate
{
    private readonly Lock _reading = new();
    private volatile CertificateFile? _inUse;
    private string? _refused;

    public SslStreamCertificateContext Current => (_inUse ?? First()).Context;

    public bool IsSelfSigned => settings.Path is null;

    /// <summary>Looks at the files, and takes what they hold now.</summary>
    /// <returns>Whether another certificate is in use since.</returns>
    public bool Refresh()
    {
        lock (_reading)
        {
            if (_inUse is not { } old)
                return false;   // nobody has asked yet
            var (path, keyPath) = Files();
            var hash = CertificateFile.HashNow(path, keyPath);
            if (hash == old.ContentHash || (hash is not null && hash == _refused))
                return false;
            try
            {
                var read = CertificateFile.Read(path, keyPath, settings.Password);
                (_inUse, _refused) = (read, null);
                var taken = read.Context.TargetCertificate;
                var until = taken.NotAfter.ToUniversalTime();
                LogTaken(taken.Subject, until);
                return true;
            }
            catch (CannotStartException e)
            {
                // The certificate may be written already and the key not yet: the next look finds both.
                if (hash is not null)
                    _refused = hash;
                LogRefused(e.Message);
                return false;
            }
        }
    }

    private CertificateFile First()
    {
        lock (_reading)
        {
            var (path, keyPath) = Files();
            return _inUse ??= CertificateFile.Read(path, keyPath, settings.Password);
        }
    }

    private (string Path, string? KeyPath) Files() => settings.Path is { } path
        ? (path, settings.KeyPath)
        : (TrialCertificate.Ensure(host.Facts.FolderOf("certificates"), TrialCertificate.NamesOf(host.Facts.PublicUrl, host.Address, Environment.MachineName), time.GetUtcNow()), null);

    [LoggerMessage(Level = LogLevel.Information, Message = "A new certificate is in use: {Subject}, until {Until:u}")]
    private partial void LogTaken(string subject, DateTime until);

    [LoggerMessage(Level = LogLevel.Error, Message = "The new certificate is not used, the old one still is. {Reason}")]
    private partial void LogRefused(string reason);
}
