using Microsoft.Extensions.DependencyInjection;
using Modular.Web.Kit;

namespace Modular.Tenancy.ApiKeys;

internal static class KeyServices
{
    public static IServiceCollection AddApiKeys(this IServiceCollection services) => services
        .AddSingleton<KeyRegister>()
        .AddSingleton<ICommand, KeyCreateCommand>()
        .AddSingleton<ICommand, KeyListCommand>()
        .AddSingleton<ICommand, KeyRevokeCommand>()
        .AddNavigation(new NavigationItem(NavigationGroup.Settings, "Keys", "/settings/keys", 40, Permissions.KeysManage));
}
