using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Modular.Compliance;
using Modular.Compliance.Auditing;
using Modular.Compliance.Suppressing;

[assembly: Module(typeof(ComplianceModule))]

namespace Modular.Compliance;

/// <summary>May we mail these addresses, and who did what.</summary>
public sealed class ComplianceModule : IModule
{
    public string Name => "compliance";

    public void AddServices(IServiceCollection services, IConfigurationSection settings) => services.AddSuppression().AddAuditTrail();

    public void MapEndpoints(ModuleRoutes routes)
    {
        routes.Api.MapSuppressions();
        routes.Api.MapAudit();
    }
}
