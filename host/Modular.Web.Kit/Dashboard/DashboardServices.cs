using Microsoft.Extensions.DependencyInjection;

namespace Modular.Web.Kit;

public static class DashboardServices
{
    public static IServiceCollection AddDashboardPart<T>(this IServiceCollection services) where T : class, IDashboardPart =>
        services.AddScoped<IDashboardPart, T>();
}
