using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Modular.Contacts.Importing.Schedules;

namespace Modular.Contacts.Importing;

internal static class ImportingServices
{
    public static void AddImporting(this IServiceCollection services)
    {
        services.AddSingleton<ImportJobs>().AddSingleton<ImportFaults>().AddSingleton<ImportSignal>().AddSingleton<ImportSources>();
        services.AddSingleton<ImportRun>().AddSingleton<ErrorFile>().AddSingleton<Uploads>();
        services.AddSingleton<ICommand, ImportCommand>().AddSingleton<ICommand, BenchImportCommand>();
        services.AddSingleton<ImportSchedules>();
        services.AddWorker<ImportWorker>();
        services.AddWorker<ScheduleWorker>();
    }

    /// <summary>Runs only in a process that has the worker's role.</summary>
    public static void AddWorker<TWorker>(this IServiceCollection services) where TWorker : class, IHostedService
    {
        services.AddSingleton<TWorker>();
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<HostFacts>().Is(HostRoles.Worker) ? s.GetRequiredService<TWorker>() : new Idle());
    }

    private sealed class Idle : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
