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
        .AddSingleton<IOwnDeeds, OwnDeeds>()
        .AddSingleton<IAudit>(s => s.GetRequiredService<AuditTrail>())
        .AddSingleton<IInstallationAudit>(s => s.GetRequiredService<AuditTrail>())
        .AddSealedColumn("audit", "seq", "content", TrailKeys.Purpose)
        .AddSealedColumn("compliance.audit", "seq", "content", TrailKeys.Purpose)
        .AddProofs("audit")
        .AddProofs("compliance.audit")
        .AddUnsealedColumn("compliance.audit_anchor", "hash", "a hash of hashes")
        .AddUnsealedColumn("compliance.audit_anchor", "mac", "a MAC of a hash")
        .AddSingleton<ICommand, AuditVerifyCommand>()
        .AddNavigation(new NavigationItem(NavigationGroup.Compliance, "Audit", "/audit", 10, Permissions.AuditRead));

    private static IServiceCollection AddProofs(this IServiceCollection services, string table) => services
        .AddUnsealedColumn(table, "commitment", "a MAC: it says nothing without the key, and the chain stands on it, so it is never made anew")
        .AddUnsealedColumn(table, "hash", "SHA-256 over what stands in clear and MACs")
        .AddUnsealedColumn(table, "mac", "a MAC of the hash");
}
