using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Modular.Delivery.Returns;

/// <summary>Reads returned mail as it comes in; now and then looks at every tenant, for what another process took in.</summary>
internal sealed partial class ReturnWorker(ITenantDirectory tenants, IServiceProvider services, ReturnSignal signal, TimeProvider time, ILogger<ReturnWorker> log) : BackgroundService
{
    private static readonly TimeSpan ShortWait = TimeSpan.FromSeconds(1), LookInterval = TimeSpan.FromSeconds(15);

    private readonly Dictionary<TenantId, DateTimeOffset> _lookAt = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var (woken, isSystemWoken) = await signal.WaitAsync(ShortWait, time, stoppingToken);
                await ReadSafelyAsync(isSystemWoken, woken, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is not read stands in the database.
        }
    }

    /// <summary>The inboxes ask other modules: they are looked for when the first mail is read.</summary>
    private async Task ReadSafelyAsync(bool isSystemWoken, IReadOnlyCollection<TenantId> woken, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        try
        {
            if (isSystemWoken || IsDue(default, now))
            {
                _lookAt[default] = now + LookInterval;
                while (await services.GetRequiredService<FeedbackInbox>().ReadAsync(ct) > 0) { }
            }
            foreach (var tenant in await tenants.KeptAsync(ct))
            {
                if (!woken.Contains(tenant) && !IsDue(tenant, now)) continue;
                var inbox = services.GetRequiredService<ReturnInbox>();
                while (await inbox.ReadAsync(tenant, ct) > 0) { }
                _lookAt[tenant] = await inbox.NextDueAsync(tenant, ct) is { } next && next < now + LookInterval ? next : now + LookInterval;
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogFault(fault);
        }
    }

    private bool IsDue(TenantId tenant, DateTimeOffset now) => !_lookAt.TryGetValue(tenant, out var at) || at <= now;

    [LoggerMessage(Level = LogLevel.Error, Message = "Returned mail could not be read; trying again")]
    private partial void LogFault(Exception fault);
}
