using Microsoft.Extensions.DependencyInjection;
using Modular.Tenancy.Credentials;
using Modular.Web.Kit;

namespace Modular.Tenancy.ApiKeys;

internal static class KeyServices
{
    public static IServiceCollection AddApiKeys(this IServiceCollection services) => services
        .AddSingleton<KeyRegister>()
        .AddUnsealedColumn("tenancy.api_key_secret", "hash", "SHA-256 of 256 random bits")
        .AddCredentialCommands<KeyRegister>()
        .AddNavigation(new NavigationItem(NavigationGroup.Settings, "Keys", "/settings/keys", 40, Permissions.KeysManage));
}
