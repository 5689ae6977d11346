using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Modular.Contacts.Importing.Schedules;

/// <summary>Looks every few seconds which schedules of which tenants are due.</summary>
internal sealed partial class ScheduleWorker(ITenantDirectory tenants, ImportSchedules schedules, ImportSignal signal, TimeProvider time, ILogger<ScheduleWorker> log) : BackgroundService
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Delay, time);
        try
        {
            do
            {
                try
                {
                    foreach (var tenant in await tenants.ActiveAsync(stoppingToken)) await StartDueAsync(tenant, stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    LogFailed(e);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private async Task StartDueAsync(TenantId tenant, CancellationToken ct)
    {
        try
        {
            if ((await schedules.StartDueAsync(tenant, null, ct)).Count > 0) signal.Wake();
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogTenantFailed(e, tenant);   // one tenant's trouble is not the others'
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The sweep for due import schedules failed")]
    private partial void LogFailed(Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "The import schedules of tenant {Tenant} could not be started")]
    private partial void LogTenantFailed(Exception e, TenantId tenant);
}
