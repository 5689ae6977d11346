using System.Collections.Concurrent;

namespace Modular.Host.Outbox;

/// <summary>
/// Calls the hearers of one tenant's rows: claims a batch under a lease that it renews, calls each hearer in a scope of its own, deletes what was heard, and sets
/// a time for the rest. A process that dies in between leaves the lease to run out, so an event may be heard twice and is never lost.
/// </summary>
internal sealed partial class OutboxDispatcher(
    TenantDb db, IEnumerable<Hearer> hearers, IServiceScopeFactory scopes, OutboxSignal signal, OutboxMetrics metrics, TimeProvider time, ILogger<OutboxDispatcher> log)
{
    private const int BatchSize = 200;
    private const int Parallelism = 4;
    private const int MaxFaultLength = 500;
    private static readonly TimeSpan HearerTimeout = TimeSpan.FromMinutes(4);

    /// <summary>How long what a dead process claimed waits for another one.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private const string Claim = """
        update outbox
           set attempts = attempts + 1,
               due_at = now() + @lease
         where outbox_id in (select outbox_id from outbox
                              where due_at <= now() and not is_parked
                              order by due_at, outbox_id
                              limit @size
                                for update skip locked)
        returning outbox_id, hearer, event, attempts
        """;

    /// <summary>Not of what has been given another time meanwhile.</summary>
    private const string Renew = "update outbox set due_at = now() + @lease where outbox_id = any(@ids) and due_at < now() + @lease";

    private const string Forget = "delete from outbox where outbox_id = any(@heard)";

    private const string TellAgain = "update outbox set due_at = now() + @delay, last_fault = @fault where outbox_id = @id";

    private const string Park = "update outbox set is_parked = true, last_fault = @fault where outbox_id = @id";

    private readonly Dictionary<string, Hearer> _hearers = hearers.ToDictionary(h => h.Name, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<TenantId, SemaphoreSlim> _turns = new();

    /// <summary>Hears everything of this tenant that is due. One caller at a time for each tenant; the others wait for their turn.</summary>
    /// <returns>How many rows were heard.</returns>
    public async Task<int> DispatchAsync(TenantId tenant, CancellationToken ct)
    {
        var turn = _turns.GetOrAdd(tenant, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(ct);
        try
        {
            for (var heard = 0; ;)
            {
                var batch = await db.ListAsync<Row>(tenant, Claim, new { size = BatchSize, lease = Lease }, ct);
                if (batch.Count > 0)
                    heard += await HearAsync(tenant, batch, ct);
                if (batch.Count < BatchSize)
                    return heard;
            }
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<int> HearAsync(TenantId tenant, IReadOnlyList<Row> batch, CancellationToken ct)
    {
        var heard = new ConcurrentBag<long>();
        var open = new ConcurrentDictionary<long, byte>(batch.Select(row => KeyValuePair.Create(row.OutboxId, default(byte))));
        using var beat = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var beating = BeatAsync(tenant, open, beat.Token);
        try
        {
            await Parallel.ForEachAsync(batch, new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = ct }, async (row, stop) =>
            {
                try
                {
                    await CallAsync(row, stop);
                    heard.Add(row.OutboxId);
                }
                catch (Exception e) when (!stop.IsCancellationRequested)
                {
                    open.TryRemove(row.OutboxId, out _);
                    await PostponeAsync(tenant, row, e, stop);
                }
            });
        }
        finally
        {
            await beat.CancelAsync();
            await beating;
        }
        if (!heard.IsEmpty)
            await db.RunAsync(tenant, Forget, new { heard = heard.ToArray() }, ct);
        metrics.Heard(heard.Count);
        return heard.Count;
    }

    /// <summary>Keeps what waits for its turn in the batch, and what takes long, from being heard elsewhere too.</summary>
    private async Task BeatAsync(TenantId tenant, ConcurrentDictionary<long, byte> open, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Lease / 3, time);
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(ct);
                await db.RunAsync(tenant, Renew, new { ids = open.Keys.ToArray(), lease = Lease }, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                // The batch is done.
            }
            catch (Exception e)
            {
                LogNotRenewed(e, tenant);   // the next beat may; at worst something is heard twice
            }
        }
    }

    private async Task CallAsync(Row row, CancellationToken ct)
    {
        if (!_hearers.TryGetValue(row.Hearer, out var hearer))
            throw new InvalidOperationException($"No module of this build has the hearer {row.Hearer}.");
        using var limit = new CancellationTokenSource(HearerTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        await using var scope = scopes.CreateAsyncScope();
        await hearer.HandleAsync(scope.ServiceProvider, row.Event, either.Token);
    }

    private async Task PostponeAsync(TenantId tenant, Row row, Exception e, CancellationToken ct)
    {
        var fault = $"{e.GetType().Name}: {e.Message}";
        if (fault.Length > MaxFaultLength)
            fault = fault[..MaxFaultLength];
        if (OutboxRetry.Delay(row.Attempts, Random.Shared.NextDouble()) is not { } delay)
        {
            LogParked(e, row.OutboxId, row.Hearer, tenant, row.Attempts);
            await db.RunAsync(tenant, Park, new { id = row.OutboxId, fault }, ct);
            metrics.Parked();
            return;
        }

        LogFailed(e, row.Hearer, row.OutboxId, tenant, row.Attempts, delay);
        await db.RunAsync(tenant, TellAgain, new { id = row.OutboxId, delay, fault }, ct);
        metrics.Failed();
        WakeAfter(tenant, delay);
    }

    /// <summary>Only a convenience: if this process ends before, the sweep finds the row.</summary>
    private void WakeAfter(TenantId tenant, TimeSpan delay) =>
        _ = Task.Delay(delay, time).ContinueWith(_ => signal.Raise(tenant), TaskScheduler.Default);

    private sealed record Row(long OutboxId, string Hearer, string Event, int Attempts);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Hearer} failed on event {OutboxId} of tenant {Tenant}, attempt {Attempts}; told again in {Delay}")]
    private partial void LogFailed(Exception e, string hearer, long outboxId, TenantId tenant, int attempts, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease of what is being heard for tenant {Tenant} could not be renewed")]
    private partial void LogNotRenewed(Exception e, TenantId tenant);

    [LoggerMessage(Level = LogLevel.Error, Message = "Event {OutboxId} for {Hearer} of tenant {Tenant} is parked after {Attempts} attempts: put right what is wrong, then set is_parked to false")]
    private partial void LogParked(Exception e, long outboxId, string hearer, TenantId tenant, int attempts);
}
