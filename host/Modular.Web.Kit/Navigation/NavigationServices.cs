using Microsoft.Extensions.DependencyInjection;

namespace Modular.Web.Kit;

public static class NavigationServices
{
    /// <summary>Puts a module's pages into the left menu.</summary>
    public static IServiceCollection AddNavigation(this IServiceCollection services, params IEnumerable<NavigationItem> items)
    {
        foreach (var item in items) services.AddSingleton(item);
        return services;
    }
}
