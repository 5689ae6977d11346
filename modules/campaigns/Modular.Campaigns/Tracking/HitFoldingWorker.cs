using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Modular.Campaigns.Tracking;

/// <summary>Counts new hits twice a second where this process took them, and once a minute everywhere: another process may have died before counting.</summary>
internal sealed partial class HitFoldingWorker(HitFolding folding, ITenantDirectory tenants, HostFacts host, TimeProvider clock, ILogger<HitFoldingWorker> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Round = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!host.Is(HostRoles.Web) && !host.Is(HostRoles.Worker)) return;
        var nextRound = DateTimeOffset.MinValue;
        using var timer = new PeriodicTimer(Pause, clock);
        do
        {
            try
            {
                var named = folding.Named();
                if (clock.GetUtcNow() >= nextRound)
                {
                    named = [.. named.Union(await tenants.KeptAsync(stoppingToken))];
                    nextRound = clock.GetUtcNow() + Round;
                }
                foreach (var tenant in named) await FoldAsync(tenant, stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task FoldAsync(TenantId tenant, CancellationToken ct)
    {
        try
        {
            await folding.FoldAsync(tenant, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogTenant(e, tenant);
            folding.Wake(tenant);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "New responses could not be counted; they wait in the inbox.")]
    private partial void LogFailed(Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "New responses of {Tenant} could not be counted; they wait in the inbox.")]
    private partial void LogTenant(Exception e, TenantId tenant);
}
