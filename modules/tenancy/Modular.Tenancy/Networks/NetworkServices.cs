using Microsoft.Extensions.DependencyInjection;
using Modular.Web.Kit;

namespace Modular.Tenancy.Networks;

internal static class NetworkServices
{
    public static IServiceCollection AddNetworks(this IServiceCollection services) => services
        .AddSingleton<NetworkRules>()
        .AddSingleton<NetworkChanges>()
        .AddSingleton<NetworkPeople>()
        .AddSingleton<ICommand, NetworkListCommand>()
        .AddSingleton<ICommand, NetworkSetCommand>()
        .AddNavigation(new NavigationItem(NavigationGroup.Settings, "Networks", "/settings/networks", 60, Permissions.SecurityManage));
}
