using Microsoft.Extensions.DependencyInjection;
using Modular.Kernel.Auditing;
using Modular.Web.Kit;

namespace Modular.Compliance.Auditing;

internal static class AuditServices
{
    public static IServiceCollection AddAuditTrail(this IServiceCollection services) => services
        .AddSingleton<AuditTrail>()
        .AddSingleton<IAudit>(s => s.GetRequiredService<AuditTrail>())
        .AddNavigation(new NavigationItem(NavigationGroup.Compliance, "Audit", "/audit", 10, Permissions.AuditRead));
}
