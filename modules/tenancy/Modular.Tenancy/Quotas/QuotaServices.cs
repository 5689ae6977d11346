using Microsoft.Extensions.DependencyInjection;

namespace Modular.Tenancy.Quotas;

internal static class QuotaServices
{
    public static IServiceCollection AddQuotas(this IServiceCollection services) => services
        .AddSingleton<QuotaBook>()
        .AddSingleton<IQuotas>(s => s.GetRequiredService<QuotaBook>())
        .AddSingleton<QuotaUse>()
        .AddSingleton<UserQuota>()
        .AddSingleton<ICommand, TenantQuotaCommand>();
}
