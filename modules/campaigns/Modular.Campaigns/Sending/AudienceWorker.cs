using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Modular.Campaigns.Sending;

/// <summary>
/// Goes round: tenants that were named at once, tenants whose campaigns move every second, all of them every few seconds, for the command line and
/// other processes cannot name one here.
/// </summary>
internal sealed partial class AudienceWorker(
    AudienceHandover handover, AudienceSignal signal, ITenantDirectory tenants, HostFacts host, TimeProvider clock, ILogger<AudienceWorker> log) : BackgroundService
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestRound = TimeSpan.FromSeconds(5);

    /// <summary>A round of all tenants must not become the installation's work.</summary>
    private static readonly TimeSpan PerTenant = TimeSpan.FromMilliseconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!host.Is(HostRoles.Worker)) return;
        var round = ShortestRound;
        var moving = new HashSet<TenantId>();
        var nextRound = DateTimeOffset.MinValue;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (clock.GetUtcNow() >= nextRound)
                {
                    var all = await tenants.ActiveAsync(stoppingToken);
                    moving.UnionWith(all);
                    round = all.Count * PerTenant > ShortestRound ? all.Count * PerTenant : ShortestRound;
                    nextRound = clock.GetUtcNow() + round;
                }
                moving.IntersectWith(await tenants.ActiveAsync(stoppingToken));
                foreach (var tenant in moving.ToList())
                {
                    if (!await LookAfterAsync(tenant, stoppingToken)) moving.Remove(tenant);
                }
                moving.UnionWith(await signal.WaitAsync(moving.Count > 0 ? Soon : round, clock, stoppingToken));
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogRound(e);
                await Task.Delay(Soon, clock, stoppingToken);
            }
        }
    }

    /// <summary>One tenant's trouble is not the others'.</summary>
    private async Task<bool> LookAfterAsync(TenantId tenant, CancellationToken ct)
    {
        try
        {
            return await handover.LookAfterAsync(tenant, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogTenant(e, tenant);
            return true;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Campaigns could not be looked after; the next round tries again.")]
    private partial void LogRound(Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "Campaigns of {Tenant} could not be looked after; the next round tries again.")]
    private partial void LogTenant(Exception e, TenantId tenant);
}
