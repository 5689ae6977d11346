using Microsoft.Extensions.DependencyInjection;

namespace Modular.Tenancy.Users;

internal static class UserServices
{
    public static IServiceCollection AddUsers(this IServiceCollection services) => services
        .AddSingleton<Passwords>()
        .AddSingleton<Accounts>()
        .AddSingleton<ICommand, UserCreateCommand>()
        .AddSingleton<ICommand, UserSetPasswordCommand>();
}
