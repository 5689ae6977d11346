using Modular.Host.Benching;
using Modular.Host.Demo;

namespace Modular.Host.Commands;

internal static class HostCommands
{
    public static IServiceCollection AddHostCommands(this IServiceCollection services) => services
        .AddTransient<ICommand, ServeCommand>()
        .AddTransient<ICommand, DemoCommand>()
        .AddTransient<ICommand, BenchCampaignCommand>()
        .AddTransient<ICommand, CheckCommand>()
        .AddTransient<ICommand, HelpCommand>();
}
