using Microsoft.Extensions.Hosting;

namespace Modular.Delivery;

/// <summary>Stands for a worker whose role this process does not have.</summary>
internal sealed class NoWorker : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
