using Microsoft.Extensions.DependencyInjection;
using Modular.Web.Kit;

namespace Modular.Tenancy.Tenants;

internal static class TenantServices
{
    public static IServiceCollection AddTenants(this IServiceCollection services) => services
        .AddSingleton<TenantBook>()
        .AddSingleton<ITenants>(s => s.GetRequiredService<TenantBook>())
        .AddSingleton<ITenantDirectory>(s => s.GetRequiredService<TenantBook>())
        .AddSingleton<Deeds>()
        .AddSingleton<TenantCreation>()
        .AddSingleton<ICommand, TenantCreateCommand>()
        .AddSingleton<TenantLife>()
        .AddSingleton<ICommand, TenantListCommand>()
        .AddSingleton<ICommand, TenantSuspendCommand>()
        .AddSingleton<ICommand, TenantDeactivateCommand>()
        .AddSingleton<ICommand, TenantResumeCommand>()
        .AddSingleton<IStartupNotice, FirstSteps>()
        .AddNavigation(new NavigationItem(NavigationGroup.Installation, "Tenants", "/installation/tenants", 10, Permissions.InstallationManage))
        .AddNavigation(new NavigationItem(NavigationGroup.Settings, "Tenant", "/settings/tenant", 10, Permissions.SettingsManage));
}
