namespace Modular.Host.Certificates;

/// <summary>Looks every few seconds whether the certificate's files changed, and warns while its end is near. Reading two small files is cheaper than every way to be told, and sees links too.</summary>
internal sealed partial class CertificateWatch(ServerCertificate certificate, TimeProvider time, ILogger<CertificateWatch> log) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan WarnBefore = TimeSpan.FromDays(14);
    private static readonly TimeSpan WarnEvery = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        DateTimeOffset? warnedAt = null;
        do
        {
            try
            {
                certificate.Refresh();
                var (now, end) = (time.GetUtcNow(), certificate.Current.TargetCertificate.NotAfter.ToUniversalTime());
                if (end - now < WarnBefore && !(now - warnedAt < WarnEvery))
                {
                    warnedAt = now;
                    LogEnding(certificate.Current.TargetCertificate.Subject, end);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CannotStartException)
            {
                LogFailed(e);   // a full disk must not end the suite: the certificate in use is good still
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The certificate {Subject} ends at {End:u}. Put a new one in its place; it is taken up without a restart")]
    private partial void LogEnding(string subject, DateTime end);

    [LoggerMessage(Level = LogLevel.Error, Message = "The certificate could not be looked at")]
    private partial void LogFailed(Exception e);
}
