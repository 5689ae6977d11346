using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Modular.Tenancy.Keys;

/// <summary>
/// Moves the rotations that are under way, a batch of one tenant after a batch of the next, so that a large one holds up no small one; and finishes what was cut off:
/// a shredding, and a key whose retirement is over. It rests as long as it works, so that it never takes more than half of what a connection can do.
/// </summary>
internal sealed partial class KeyRotationWorker(KeyRotation rotation, Shredding shredding, HostFacts host, TimeProvider time, ILogger<KeyRotationWorker> log) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!host.Is(HostRoles.Worker)) return;
        using var timer = new PeriodicTimer(LookEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await LookAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start goes on behind the last batch.
        }
    }

    private async Task LookAsync(CancellationToken ct)
    {
        try
        {
            await shredding.FinishAsync(ct);
            await rotation.DropDueAsync(ct);
            var isMore = true;
            while (isMore)
            {
                isMore = false;
                var running = (await rotation.ListAsync(ct)).Where(r => r.FinishedAt is null).ToList();
                KeyMetrics.Running(running, rotation.Columns.Count);
                foreach (var state in running) isMore |= await StepSafelyAsync(state.Tenant, ct);
            }
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogFailed(e);
        }
    }

    private async Task<bool> StepSafelyAsync(TenantId tenant, CancellationToken ct)
    {
        var since = time.GetTimestamp();
        try
        {
            if (!await rotation.StepAsync(tenant, ct)) return false;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogStepFailed(e, tenant);
            return false;
        }
        await Task.Delay(time.GetElapsedTime(since), time, ct);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The rotations of keys could not be looked after; trying again")]
    private partial void LogFailed(Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "Data of tenant {Tenant} could not be sealed anew; trying again")]
    private partial void LogStepFailed(Exception e, TenantId tenant);
}
