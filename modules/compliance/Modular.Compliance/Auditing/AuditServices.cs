using Microsoft.Extensions.DependencyInjection;
using Modular.Kernel.Auditing;
using Modular.Web.Kit;

namespace Modular.Compliance.Auditing;

internal static class AuditServices
{
    public static IServiceCollection AddAuditTrail(this IServiceCollection services) => services
        .AddSingleton<TrailKeys>()
        .AddSingleton<TrailConnections>()
        .AddSingleton<TrailWriter>()
        .AddSingleton<TrailReader>()
        .AddSingleton<TrailCheck>()
        .AddSingleton<TrailVerification>()
        .AddSingleton<AnchorBook>()
        .AddSingleton<Anchoring>()
        .AddHostedService<AnchorWorker>()
        .AddSingleton<RefusalLog>()
        .AddSingleton<IRefusalLog>(s => s.GetRequiredService<RefusalLog>())
        .AddHostedService<RefusalWorker>()
        .AddSingleton<AuditTrail>()
        .AddSingleton<AuditExport>()
        .AddSingleton<IAudit>(s => s.GetRequiredService<AuditTrail>())
        .AddSingleton<IInstallationAudit>(s => s.GetRequiredService<AuditTrail>())
        .AddSingleton<ICommand, AuditVerifyCommand>()
        .AddNavigation(new NavigationItem(NavigationGroup.Compliance, "Audit", "/audit", 10, Permissions.AuditRead));
}
