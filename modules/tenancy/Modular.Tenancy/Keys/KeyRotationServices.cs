using Microsoft.Extensions.DependencyInjection;

namespace Modular.Tenancy.Keys;

internal static class KeyRotationServices
{
    public static IServiceCollection AddKeyRotation(this IServiceCollection services) => services
        .AddSingleton<KeyRotation>()
        .AddHostedService<KeyRotationWorker>()
        .AddSingleton<Shredding>()
        .AddSingleton<ICommand, RotateMasterCommand>()
        .AddSingleton<ICommand, RotateTenantCommand>()
        .AddSingleton<ICommand, KeyStatusCommand>()
        .AddSingleton<ICommand, TenantShredCommand>()
        .AddSealedColumn("tenancy.user_account", "user_id", "name_sealed", "tenancy.user.name")
        .AddSealedColumn("tenancy.session", "user_id", "agent_sealed", "tenancy.session.agent")
        .AddUnsealedColumn("tenancy.operator_key", "hash", "SHA-256 of 256 random bits")
        .AddUnsealedColumn("tenancy.session", "hash", "SHA-256 of 256 random bits");
}
