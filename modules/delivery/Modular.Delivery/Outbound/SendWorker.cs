using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Modular.Delivery.Queue;

namespace Modular.Delivery.Outbound;

/// <summary>Looks at each tenant's queue in turn, claims what is due, and hands it to the lanes.</summary>
internal sealed partial class SendWorker(
    ITenantDirectory tenants, TenantDb db, Leases leases, Claims claims, CampaignRuns runs, LaneRunner lanes, OwnName ownName, SendSignal signal, IHostApplicationLifetime lifetime,
    IOptions<DeliverySettings> settings, TimeProvider time, ILoggerFactory logs) : BackgroundService
{
    /// <summary>Looks at a tenant without work; in the process that queued it, work is announced.</summary>
    private static readonly TimeSpan IdleInterval = TimeSpan.FromSeconds(15), CareInterval = TimeSpan.FromSeconds(2), LeaseIdleAge = TimeSpan.FromMinutes(1), NameInterval = TimeSpan.FromMinutes(1);

    /// <summary>Longest pause between claims that found all their destinations full.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private const string HasWork = """
        select exists (select from campaign_run where state = 1 or (state = 3 and finished_at is null))
            or exists (select from delivery where due_at is not null and test_to is not null)
        """;

    private readonly ILogger _log = logs.CreateLogger<SendWorker>();
    private readonly Dictionary<TenantId, Watched> _watched = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host stops its listeners first, our own capture server with them: begin to drain before that.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        await using var draining = either.Token.UnsafeRegister(static runner => ((LaneRunner)runner!).Stop(), lanes);
        try
        {
            await StartedAsync(either.Token);
            while (await ownName.WhyNotAsync(either.Token) is { } fault)
            {
                LogNameless(fault);
                await Task.Delay(NameInterval, time, either.Token);
            }
            while (!either.IsCancellationRequested)
            {
                var woken = await signal.WaitAsync(settings.Value.Sending.PollInterval, time, either.Token);
                var active = await tenants.ActiveAsync(either.Token);
                foreach (var tenant in active) await LookSafelyAsync(tenant, woken.Contains(tenant), either.Token);
                foreach (var (tenant, watched) in _watched.Where(w => w.Value.Queue is not null).ToList()) await HaltAsync(tenant, watched, active, either.Token);
                lanes.Staff();
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // Told to stop.
        }
        await draining.DisposeAsync(); // waits for a Stop that is under way: nothing stops what is disposed
        await lanes.DisposeAsync();
        foreach (var (tenant, watched) in _watched) await GiveBackAsync(tenant, watched, CancellationToken.None);
    }

    /// <summary>Our own capture server listens only once the host has started.</summary>
    private async Task StartedAsync(CancellationToken ct)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(ct);
    }

    private async Task LookSafelyAsync(TenantId tenant, bool isWoken, CancellationToken ct)
    {
        if (!_watched.TryGetValue(tenant, out var watched)) _watched.Add(tenant, watched = new Watched());
        if (!isWoken && time.GetUtcNow() < watched.NextLookAt) return;
        try
        {
            await LookAsync(tenant, watched, ct);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            watched.NextLookAt = time.GetUtcNow() + CareInterval;
            LogFault(fault, tenant);
        }
    }

    private async Task LookAsync(TenantId tenant, Watched watched, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (watched.Queue is { Lost.IsCancellationRequested: true } lost)
        {
            await lost.DisposeAsync();
            watched.Queue = null;
        }
        if (watched.Queue is null && !await db.FindAsync<bool>(tenant, HasWork, null, ct))
        {
            watched.NextLookAt = now + IdleInterval;
            return;
        }
        if (now >= watched.NextCareAt)
        {
            watched.NextCareAt = now + CareInterval;
            await leases.FreeAsync(tenant, watched.Queue is { } own ? [own.LeaseId] : [], ct);
            await runs.SampleAsync(tenant, ct);
            await runs.TidyAsync(tenant, ct);
        }

        var queue = watched.Queue ??= new TenantQueue(
            tenant, await leases.TakeAsync(tenant, settings.Value.Sending.LeaseAge, ct), settings.Value, db, time, logs.CreateLogger<TenantQueue>());
        queue.Reporters = Math.Max(1, lanes.Connections);
        var (claimed, isTurnedAway) = await ClaimAsync(queue, ct);
        if (claimed || queue.Open > 0) watched.BusyAt = now;
        watched.Pause = !isTurnedAway ? TimeSpan.Zero : watched.Pause == TimeSpan.Zero ? TimeSpan.FromSeconds(1) : 2 * watched.Pause < LongestPause ? 2 * watched.Pause : LongestPause;
        watched.NextLookAt = now + watched.Pause; // without one, at the next poll; or when woken
        if (!claimed && queue.Open is 0)
        {
            await runs.TidyAsync(tenant, ct);
            if (now - watched.BusyAt > LeaseIdleAge) await GiveBackAsync(tenant, watched, ct);
        }
    }

    /// <summary>Who is not active any more begins no further message; once what was claimed has gone back, the lease goes too.</summary>
    private async Task HaltAsync(TenantId tenant, Watched watched, IReadOnlyList<TenantId> active, CancellationToken ct)
    {
        if (watched.Queue is not { } queue) return;
        queue.IsHalted = !active.Contains(tenant);
        if (queue.IsHalted && (queue.Open is 0 || queue.Lost.IsCancellationRequested)) await GiveBackAsync(tenant, watched, ct);
    }

    /// <summary>Claims until the lanes have enough for a while, or none of a batch finds room in them.</summary>
    private async Task<(bool Any, bool IsTurnedAway)> ClaimAsync(TenantQueue queue, CancellationToken ct)
    {
        var batchSize = Math.Clamp(settings.Value.Sending.BatchSize, 1, Lane.MaxWaiting / 4);
        var any = false;
        while (queue.Open < settings.Value.Sending.MaxClaimed && HasRoom(queue.Tenant, batchSize))
        {
            var claimed = await claims.TakeAsync(queue, batchSize, ct);
            if (claimed.Count is 0) break;
            any = true;
            queue.Add(claimed);
            if (await lanes.AddAsync(claimed, ct) is 0) return (any, true);
        }
        return (any, false);
    }

    private bool HasRoom(TenantId tenant, int batchSize) => lanes.Lanes.Sum(lane => lane.Flowing(tenant)) < 2 * batchSize;

    private async Task GiveBackAsync(TenantId tenant, Watched watched, CancellationToken ct)
    {
        if (watched.Queue is not { } queue) return;
        watched.Queue = null;
        try
        {
            await queue.DisposeAsync();
            await leases.EndAsync(tenant, queue.LeaseId, ct);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogFault(fault, tenant); // its age will end it
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Nothing is sent, because providers would refuse it: {Fault}. It is looked at again every minute; with Delivery:Mx:ChecksOwnName=false it is sent all the same")]
    private partial void LogNameless(string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Tenant {Tenant}: its queue could not be looked at")]
    private partial void LogFault(Exception fault, TenantId tenant);

    private sealed class Watched
    {
        public TenantQueue? Queue { get; set; }

        public DateTimeOffset NextLookAt { get; set; }

        public TimeSpan Pause { get; set; }

        public DateTimeOffset NextCareAt { get; set; }

        public DateTimeOffset BusyAt { get; set; }
    }
}
