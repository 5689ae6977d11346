using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Modular.Contacts.Importing;

/// <summary>Wakes the worker when an import was stored here; other processes find it at their next sweep.</summary>
internal sealed class ImportSignal
{
    private readonly Channel<bool> _channel = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Wake() => _channel.Writer.TryWrite(true);

    public async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
        try
        {
            await _channel.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Nobody woke us: look anyway.
        }
    }
}

/// <summary>Claims waiting imports of all tenants, a few at once, fairly: after each one the next tenant is looked at.</summary>
internal sealed partial class ImportWorker(ITenantDirectory tenants, ImportJobs jobs, ImportRun run, ImportSignal signal, TimeProvider time, ILogger<ImportWorker> log) : BackgroundService
{
    /// <summary>Imports that run in this process at once; a tenant's own run one after the other.</summary>
    private const int MaxRuns = 2;

    private static readonly TimeSpan SweepDelay = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var free = new SemaphoreSlim(MaxRuns);
        var running = new HashSet<Task>();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var tenant in await tenants.ActiveAsync(stoppingToken))
                {
                    await free.WaitAsync(stoppingToken);
                    var owner = Guid.NewGuid();
                    if (await ClaimAsync(tenant, owner, stoppingToken) is not { } job)
                    {
                        free.Release();
                        continue;
                    }
                    running.RemoveWhere(t => t.IsCompleted);
                    running.Add(RunAsync(tenant, job, owner, free, stoppingToken));
                }
                await signal.WaitAsync(SweepDelay, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                LogSweepFailed(e);
                await signal.WaitAsync(SweepDelay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        await Task.WhenAll(running);
    }

    private async Task<ImportJob?> ClaimAsync(TenantId tenant, Guid owner, CancellationToken ct)
    {
        try
        {
            return await jobs.ClaimAsync(tenant, owner, null, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogClaimFailed(e, tenant);   // one tenant's trouble is not the others'
            return null;
        }
    }

    private async Task RunAsync(TenantId tenant, ImportJob job, Guid owner, SemaphoreSlim free, CancellationToken ct)
    {
        await Task.Yield();
        try
        {
            await run.RunAsync(tenant, job, owner, ct);
        }
        catch (Exception e)
        {
            LogRunFailed(e, tenant, job.ImportId);   // the lease ends, and the import is tried again behind its last batch
        }
        finally
        {
            free.Release();
            signal.Wake();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The sweep for waiting imports failed")]
    private partial void LogSweepFailed(Exception e);

    [LoggerMessage(Level = LogLevel.Error, Message = "No import of tenant {Tenant} could be claimed")]
    private partial void LogClaimFailed(Exception e, TenantId tenant);

    [LoggerMessage(Level = LogLevel.Error, Message = "Import {ImportId} of tenant {Tenant} broke off")]
    private partial void LogRunFailed(Exception e, TenantId tenant, long importId);
}
