using Modular.Kernel.Web;

namespace Modular.Host.Certificates;

internal static class CertificateServices
{
    public static IServiceCollection AddCertificate(this IServiceCollection services, IConfiguration settings) => services
        .AddSingleton(CertificateSettings.Read(settings))
        .AddSingleton<ServerCertificate>()
        .AddSingleton<IServerCertificate>(s => s.GetRequiredService<ServerCertificate>())
        .AddHostedService<CertificateWatch>()
        .AddSingleton<IStartupNotice, CertificateNotice>();
}
