using Microsoft.Extensions.DependencyInjection;
using Modular.Tenancy.Roles;
using Modular.Web.Kit;

namespace Modular.Tenancy.Users;

internal static class UserServices
{
    public static IServiceCollection AddUsers(this IServiceCollection services) => services
        .AddSingleton<Passwords>()
        .AddSingleton<Accounts>()
        .AddSingleton<Operators>()
        .AddSingleton<RoleBook>()
        .AddSingleton<ICommand, OperatorCreateCommand>()
        .AddSingleton<ICommand, OperatorListCommand>()
        .AddSingleton<OperatorKeys>()
        .AddSingleton<ICommand, OperatorKeyCreateCommand>()
        .AddSingleton<ICommand, OperatorKeyListCommand>()
        .AddSingleton<ICommand, OperatorKeyRevokeCommand>()
        .AddSingleton<ICommand, OperatorRemoveCommand>()
        .AddSingleton<ICommand, UserCreateCommand>()
        .AddSingleton<ICommand, UserSetPasswordCommand>()
        .AddNavigation(new NavigationItem(NavigationGroup.Settings, "Roles", "/settings/roles", 30, Permissions.RolesManage));
}
