namespace Modular.Host.Outbox;

/// <summary>Hears events as they are told, and once a minute looks at every tenant for what another process told, or left behind when it died.</summary>
internal sealed partial class OutboxWorker(
    OutboxDispatcher dispatcher, OutboxSignal signal, ITenantDirectory tenants, HostFacts facts, TimeProvider time, ILogger<OutboxWorker> log) : BackgroundService
{
    private const int TenantsAtOnce = 4;
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        facts.Is(HostRoles.Worker) ? Task.WhenAll(SweepAsync(stoppingToken), DispatchAsync(stoppingToken)) : Task.CompletedTask;

    private async Task SweepAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(SweepEvery, time);
        do
        {
            try
            {
                foreach (var tenant in await tenants.KeptAsync(ct))
                    signal.Raise(tenant);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                LogSweepFailed(e);
            }
        }
        while (await timer.WaitForNextTickAsync(ct));
    }

    private Task DispatchAsync(CancellationToken ct) =>
        Parallel.ForEachAsync(signal.ReadAsync(ct), new ParallelOptions { MaxDegreeOfParallelism = TenantsAtOnce, CancellationToken = ct }, async (tenant, stop) =>
        {
            try
            {
                await dispatcher.DispatchAsync(tenant, stop);
            }
            catch (Exception e) when (!stop.IsCancellationRequested)
            {
                LogDispatchFailed(e, tenant);   // the next sweep comes by
            }
        });

    [LoggerMessage(Level = LogLevel.Error, Message = "The list of tenants could not be read")]
    private partial void LogSweepFailed(Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "The outbox of tenant {Tenant} could not be read")]
    private partial void LogDispatchFailed(Exception e, TenantId tenant);
}
