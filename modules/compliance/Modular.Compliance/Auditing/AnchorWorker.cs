using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Modular.Compliance.Auditing;

/// <summary>Anchors the trails that this process appended to, every second; at its start and now and then all of them, for what another process left behind when it died.</summary>
internal sealed partial class AnchorWorker(Anchoring anchors, ITenantDirectory tenants, HostFacts host, TimeProvider time, ILogger<AnchorWorker> log) : BackgroundService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Beat, time);
        var lookAt = time.GetUtcNow();
        try
        {
            do
            {
                foreach (var trail in anchors.TakeGrown()) await anchors.ExtendSafelyAsync(trail, stoppingToken);
                if (!host.Is(HostRoles.Worker) || time.GetUtcNow() < lookAt) continue;
                lookAt = time.GetUtcNow() + LookEvery;
                await LookAtAllAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is not anchored yet is at the next start.
        }
    }

    private async Task LookAtAllAsync(CancellationToken ct)
    {
        try
        {
            await anchors.ExtendSafelyAsync(Trail.Installation, ct);
            foreach (var tenant in await tenants.KeptAsync(ct)) await anchors.ExtendSafelyAsync(new Trail(tenant), ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogFailed(e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The list of tenants could not be read")]
    private partial void LogFailed(Exception e);
}
