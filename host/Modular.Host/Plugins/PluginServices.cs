using Modular.Host.Egress;
using Modular.Plugins.Hosting;

namespace Modular.Host.Plugins;

internal static class PluginServices
{
    public static IServiceCollection AddPlugins(this IServiceCollection services, IConfiguration settings) => services
        .AddSingleton(EgressRules.Read(settings.GetSection("Egress")))
        .AddSingleton<GuardedClient>()
        .AddSingleton<PluginFolders>()
        .AddSingleton<PluginCatalogue>()
        .AddSingleton<IImportSources>(s => s.GetRequiredService<PluginCatalogue>())
        .AddSingleton<ISmsGateways>(s => s.GetRequiredService<PluginCatalogue>())
        .AddHostedService<PluginWatcher>()
        .AddTransient<ICommand, PluginListCommand>()
        .AddTransient<ICommand, PluginReloadCommand>();
}
