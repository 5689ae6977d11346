using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Modular.Delivery.Queue;

/// <summary>
/// This process's hold on one tenant's queue: a lease, what was claimed under it, and the committer that writes the outcomes of all connections together,
/// every few milliseconds. A connection sends no final dot before <see cref="CommitAsync"/> said that its previous outcome and this intent are on disk.
/// </summary>
internal sealed partial class TenantQueue : IAsyncDisposable
{
    private readonly TenantDb _db;
    private readonly TimeProvider _time;
    private readonly ILogger<TenantQueue> _log;
    private readonly TimeSpan _leaseAge, _commitDelay;
    private readonly CancellationTokenSource _lost = new();
    private readonly SemaphoreSlim _work = new(0, 1);
    private readonly Lock _lock = new();
    private readonly HashSet<long> _inFlight = [];
    private readonly HashSet<long> _campaigns = [];
    private readonly Task _loop;
    private CommitBatch _next = new();
    private NpgsqlConnection? _connection;
    private long _renewedAt;
    private bool _isClosing;
    private int _open;

    public TenantQueue(TenantId tenant, long leaseId, DeliverySettings settings, TenantDb db, TimeProvider time, ILogger<TenantQueue> log)
    {
        (Tenant, LeaseId, _db, _time, _log) = (tenant, leaseId, db, time, log);
        (_leaseAge, _commitDelay) = (settings.Sending.LeaseAge, settings.Sending.CommitDelay);
        _renewedAt = time.GetTimestamp();
        _loop = Task.Run(CommitLoopAsync);
    }

    public TenantId Tenant { get; }

    public long LeaseId { get; }

    /// <summary>Cancelled when the lease is lost: nothing claimed under it may be sent any more.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Campaigns that were paused (2) or cancelled (3) when the last commit looked: nothing of theirs is worth beginning.</summary>
    public IReadOnlyDictionary<long, short> Halted { get; private set; } = new Dictionary<long, short>();

    /// <summary>The tenant may not send at present: all that is claimed counts as paused, and goes back to the queue.</summary>
    public bool IsHalted { get; set; }

    /// <summary>Recipients claimed and without an outcome.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>How many connections may report soon: a commit waits a moment for them.</summary>
    public int Reporters { get; set; } = 1;

    public void Add(IReadOnlyList<Claimed> claimed)
    {
        Interlocked.Add(ref _open, claimed.Count);
        lock (_lock)
        {
            foreach (var message in claimed) _campaigns.Add(message.CampaignId);
        }
    }

    /// <summary>Joins the next commit, with the outcome of one message, the intent to finish another, or both.</summary>
    public Task<CommitResult> CommitAsync(Outcome? outcome, Claimed? intent)
    {
        Task<CommitResult> done;
        lock (_lock)
        {
            if (_lost.IsCancellationRequested) return Task.FromResult(CommitResult.Lost);
            if (outcome is not null) _next.Outcomes.Add(outcome);
            if (intent is not null) _next.Intents.Add(intent);
            done = _next.Done.Task;
        }
        Wake();
        return done;
    }

    /// <summary>Writes what is waiting, and ends. The lease stays, for its claims to be put back by <see cref="Leases.EndAsync"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        _isClosing = true;
        Wake();
        await _loop;
        if (_connection is not null) await _connection.DisposeAsync();
        _lost.Dispose();
        _work.Dispose();
    }

    private void Wake()
    {
        if (_work.CurrentCount is 0)
        {
            try
            {
                _work.Release();
            }
            catch (SemaphoreFullException)
            {
                // Another one woke it.
            }
        }
    }

    /// <summary>A committer that stopped in silence would hold every connection before its dot for ever: whatever ends it gives the lease up, loudly.</summary>
    private async Task CommitLoopAsync()
    {
        try
        {
            await CommitAllAsync();
        }
        catch (Exception fault)
        {
            LogCommitterEnded(fault, Tenant, Open);
            Lose().TrySetResult(CommitResult.Lost);
        }
    }

    private async Task CommitAllAsync()
    {
        while (!_lost.IsCancellationRequested)
        {
            if (!HasWork())
            {
                if (_isClosing) return;
                await _work.WaitAsync(_leaseAge / 4);
                if (!HasWork() && (_isClosing || _time.GetElapsedTime(_renewedAt) < _leaseAge / 5)) continue;
            }
            await GatherAsync();

            CommitBatch batch;
            lock (_lock)
            {
                batch = _next;
                _next = new CommitBatch();
            }
            try
            {
                await RunAsync(batch);
            }
            finally
            {
                batch.Done.TrySetResult(CommitResult.Lost); // nothing, unless it was left by an exception
            }
        }
    }

    private bool HasWork()
    {
        lock (_lock) return _next.Outcomes.Count + _next.Intents.Count > 0;
    }

    /// <summary>While others are about to report, a moment's wait saves a commit for each of them.</summary>
    private async Task GatherAsync()
    {
        int waiting;
        lock (_lock) waiting = Math.Max(_next.Outcomes.Count, _next.Intents.Count);
        if (!_isClosing && waiting * 2 < Reporters && _commitDelay > TimeSpan.Zero) await Task.Delay(_commitDelay, _time);
    }

    private async Task RunAsync(CommitBatch batch)
    {
        foreach (var intent in batch.Intents) _inFlight.Add(intent.RecipientId);
        foreach (var outcome in batch.Outcomes) _inFlight.Remove(outcome.Message.RecipientId);
        var finished = batch.Outcomes.Where(outcome => outcome.Message.Claim.Settle()).Select(outcome => outcome.Message.Claim.ClaimId).ToArray();

        var start = Stopwatch.GetTimestamp();
        var result = await WriteUntilHeldAsync(batch, finished);
        DeliveryMetrics.Committed(Stopwatch.GetElapsedTime(start));

        foreach (var intent in batch.Intents)
        {
            if (result.Halted.ContainsKey(intent.CampaignId)) _inFlight.Remove(intent.RecipientId);
        }
        Interlocked.Add(ref _open, -batch.Outcomes.Count);
        _renewedAt = _time.GetTimestamp();
        if (result.IsHeld) Halted = result.Halted;
        else LogLost(Tenant, Open);
        var rest = result.IsHeld ? null : Lose();
        batch.Done.SetResult(result);
        rest?.TrySetResult(CommitResult.Lost);
    }

    /// <summary>The database may be away for a while: connections wait with their dots, and the commit is tried again until it stands or the lease is gone.</summary>
    private async Task<CommitResult> WriteUntilHeldAsync(CommitBatch batch, long[] finished)
    {
        for (var delay = TimeSpan.FromMilliseconds(50); ; delay = delay < TimeSpan.FromSeconds(5) ? delay * 2 : delay)
        {
            try
            {
                return await WriteAsync(batch, finished);
            }
            catch (PostgresException fault) when (!fault.IsTransient)
            {
                LogCommitRefused(fault, Tenant, batch.Outcomes.Count);
                await DropConnectionAsync();
                return CommitResult.Lost;
            }
            catch (Exception fault) when (fault is NpgsqlException or IOException or TimeoutException or System.Net.Sockets.SocketException)
            {
                LogCommitFailed(Tenant, batch.Outcomes.Count, fault.Message);
                await DropConnectionAsync();
                if (_isClosing && delay > TimeSpan.FromSeconds(2)) return CommitResult.Lost;
                await Task.Delay(delay, _time);
            }
        }
    }

    private async Task<CommitResult> WriteAsync(CommitBatch batch, long[] finished)
    {
        long[] campaigns;
        lock (_lock) campaigns = [.. _campaigns];
        var now = _time.GetUtcNow();
        var inFlight = _inFlight.ToArray();
        if (!batch.Outcomes.Exists(outcome => IsTold(outcome) || IsReported(outcome)))
        {
            var written = await OutcomeCommit.RunAsync(await ConnectionAsync(), isPrepared: true, LeaseId, inFlight, _leaseAge, batch.Outcomes, finished, campaigns, now, CancellationToken.None);
            return written is { } held ? new CommitResult(true, HaltedNow(held.Halted, campaigns)) : CommitResult.Lost;
        }

        await using var tx = await _db.BeginAsync(Tenant, CancellationToken.None);
        if (await OutcomeCommit.RunAsync(tx.Connection, isPrepared: false, LeaseId, inFlight, _leaseAge, batch.Outcomes, finished, campaigns, now, CancellationToken.None) is not { } result)
            return CommitResult.Lost;
        var changed = batch.Outcomes.Where(outcome => result.Changed.Contains(outcome.Message.RecipientId)).ToList();
        await tx.TellAsync([.. changed.Where(IsTold).Select(outcome => Bounced(outcome, now)), .. changed.Where(IsReported).Select(outcome => Settled(outcome, now))], CancellationToken.None);
        await tx.CommitAsync(CancellationToken.None);
        return new CommitResult(true, HaltedNow(result.Halted, campaigns));
    }

    private Dictionary<long, short> HaltedNow(Dictionary<long, short> runs, long[] campaigns)
    {
        const short paused = 2;
        if (!IsHalted) return runs;
        foreach (var campaign in campaigns) runs.TryAdd(campaign, paused);
        return runs;
    }

    /// <summary>Who may have got the mail is not told to have bounced, also when nobody tries any longer.</summary>
    private static bool IsTold(Outcome outcome) =>
        outcome.State is DeliveryState.Bounced or DeliveryState.GivenUp && (outcome.Message.TestTo is null || outcome.Message.IsSubmitted) && !outcome.IsAmbiguous;

    private static bool IsReported(Outcome outcome) => outcome.Message.IsSubmitted
        && (outcome.IsRelayReported || outcome.State is DeliveryState.Bounced or DeliveryState.GivenUp or DeliveryState.Suppressed or DeliveryState.Skipped);

    private SubmittedRecipientSettled Settled(Outcome outcome, DateTimeOffset now) => new(
        Tenant, outcome.Message.RecipientId, outcome.IsRelayReported ? SubmittedOutcome.Relayed : SubmittedOutcome.Failed, outcome.Status, outcome.Words ?? "", outcome.Server ?? "", now);

    private RecipientBounced Bounced(Outcome outcome, DateTimeOffset now) => new RecipientBounced(
        Tenant, outcome.Message.CampaignId, outcome.Message.RecipientId, outcome.Message.ContactId, outcome.Message.Email,
        outcome.IsHard, outcome.Status, outcome.Words ?? "", now);

    /// <summary>One connection of its own while there is work, so that the statements stay prepared.</summary>
    private async Task<NpgsqlConnection> ConnectionAsync()
    {
        if (_connection is not null) return _connection;
        var connection = await _db.OpenAsync(Tenant, CancellationToken.None);
        // A plan made while the ledger was small would read it from end to end when it is large: only the way over the primary key is right, always.
        await using var command = new NpgsqlCommand("set enable_hashjoin = off; set enable_mergejoin = off; set enable_seqscan = off", connection);
        await command.ExecuteNonQueryAsync();
        return _connection = connection;
    }

    private async Task DropConnectionAsync()
    {
        if (_connection is null) return;
        await _connection.DisposeAsync();
        _connection = null;
    }

    /// <returns>Who waits for the commit that will not come.</returns>
    private TaskCompletionSource<CommitResult> Lose()
    {
        lock (_lock)
        {
            _lost.Cancel();
            return _next.Done;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tenant {Tenant}: {Outcomes} outcomes could not be committed ({Fault}); trying again")]
    private partial void LogCommitFailed(TenantId tenant, int outcomes, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Tenant {Tenant}: {Outcomes} outcomes were refused by the database; everything claimed goes back to the queue")]
    private partial void LogCommitRefused(Exception fault, TenantId tenant, int outcomes);

    [LoggerMessage(Level = LogLevel.Error, Message = "Tenant {Tenant}: the committer ended in a fault of ours; {Open} recipients go back to the queue")]
    private partial void LogCommitterEnded(Exception fault, TenantId tenant, int open);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Tenant {Tenant}: the sender's lease was taken over; {Open} recipients are left to whoever has it")]
    private partial void LogLost(TenantId tenant, int open);
}
