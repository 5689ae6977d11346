using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Modular.Delivery.Queue;

namespace Modular.Delivery.Outbound;

/// <summary>Opens lanes and keeps as many connections on each as its load asks for and its share allows.</summary>
internal sealed partial class LaneRunner(
    IRoutes routes, Shapes shapes, Func<Composer> composer, MessageWriter writer, IOptions<DeliverySettings> settings, TimeProvider time, ILogger<LaneRunner> log) : IAsyncDisposable
{
    /// <summary>While the batch of one waits for the connections, the other composes the next.</summary>
    private const int ComposersPerLane = 2;

    private readonly ConcurrentDictionary<string, Lane> _lanes = new();
    private static readonly TimeSpan ForgetAge = TimeSpan.FromHours(1), AskAgainDelay = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Task, byte> _running = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Verdict _verdict = new(settings.Value.RetrySchedule);
    private int _connections;
    private bool _isDisposed;

    public IReadOnlyCollection<Lane> Lanes => [.. _lanes.Values];

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Puts claimed recipients where they will be sent; who finds no place goes back to the queue with the time to come again.</summary>
    /// <returns>How many found a place, or an answer. One caller at a time, which is also the one that calls <see cref="Staff()"/>.</returns>
    public async Task<int> AddAsync(IReadOnlyList<Claimed> claimed, CancellationToken ct)
    {
        var placed = 0;
        var domains = claimed.Select(DomainOf).Distinct().ToArray();
        var answers = await Task.WhenAll(domains.Select(domain => routes.FindAsync(domain, ct).AsTask()));
        var answerOf = domains.Zip(answers).ToDictionary();
        foreach (var message in claimed)
        {
            var outcome = answerOf[DomainOf(message)] switch
            {
                RouteAnswer.Found found => Place(LaneOf(found.Route), message),
                RouteAnswer.NotYet => Verdict.Released(message, time.GetUtcNow() + AskAgainDelay),
                RouteAnswer.Never never => new Outcome(message, DeliveryState.Bounced, never.Words)
                {
                    Status = never.Status,
                    IsHard = never.IsHard,
                    WasTried = true,
                    Server = "",
                    Event = DeliveryEventKind.Bounced,
                },
                RouteAnswer.NotNow later => _verdict.Unreached(message, later.Words, "", time.GetUtcNow(), Random.Shared.NextDouble()),
                _ => throw new InvalidOperationException("No such answer."),
            };
            if (outcome is not { WasTried: false }) placed++;
            if (outcome is not null) _ = message.Queue.CommitAsync(outcome, null);
        }
        Staff();
        return placed;
    }

    /// <summary>Opens what connections and composers are missing, and closes lanes that are empty. Called now and then, and after each claim.</summary>
    public void Staff()
    {
        var now = time.GetUtcNow();
        foreach (var lane in _lanes.Values)
        {
            if (IsIdle(lane, now)) _lanes.TryRemove(lane.Route.Name, out _);
            else Staff(lane, now);
        }
    }

    /// <summary>Without tasks of its own nobody else adds to it. One that failed is remembered while it is left alone.</summary>
    private static bool IsIdle(Lane lane, DateTimeOffset now) =>
        Volatile.Read(ref lane.Connections) is 0 && Volatile.Read(ref lane.Composers) is 0 && lane.WaitingInAll is 0 && lane.Composed.Reader.Count is 0
        && (lane.Failures is 0 || lane.ClosedUntil + ForgetAge < now);

    /// <summary>From now on no message is begun; those under way come to their end.</summary>
    public void Stop() => _stopping.Cancel();

    /// <summary>Stops, and waits for the last outcome.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        await _stopping.CancelAsync();
        await Task.WhenAll(_running.Keys);
        _stopping.Dispose();
    }

    private Outcome? Place(Lane lane, Claimed message)
    {
        var now = time.GetUtcNow();
        if (lane.ClosedUntil > now) return Verdict.Released(message, lane.ClosedUntil + TimeSpan.FromSeconds(Random.Shared.NextDouble() * 10));
        return lane.TryAdd(message) ? null : Verdict.Released(message, lane.Park(now));
    }

    private static string DomainOf(Claimed message) => message.TestTo?.Domain ?? message.Domain;

    /// <summary>What was found out last about a destination is what its next connections go by.</summary>
    private Lane LaneOf(Route route)
    {
        var lane = _lanes.GetOrAdd(route.Name, static (_, at) => new Lane(at.route, at.shapes.Find(at.route), at.time), (route, shapes, time));
        lane.Route = route;
        return lane;
    }

    private async Task ComposeAsync(Lane lane)
    {
        await Task.Yield();
        try
        {
            await composer().RunAsync(lane, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // What was not sent goes back with the lease.
        }
        catch (Exception fault)
        {
            LogFault(fault, lane.Route.Name);
        }
        finally
        {
            Interlocked.Decrement(ref lane.Composers);
        }
    }

    private void Staff(Lane lane, DateTimeOffset now)
    {
        if (lane.ClosedUntil > now)
        {
            if (lane.Connections is 0) Empty(lane, now);
            return;
        }
        var waiting = lane.WaitingInAll;
        while (Volatile.Read(ref lane.Composers) < Math.Min(ComposersPerLane, waiting) && !_stopping.IsCancellationRequested)
        {
            Interlocked.Increment(ref lane.Composers);
            Track(ComposeAsync(lane));
        }
        var share = Math.Max(1, settings.Value.Sending.MaxConnections / (lane.Route.IsOurs ? 1 : 4));
        var may = lane.Route.IsOurs ? lane.Route.MaxConnections : Math.Min(lane.Earned, lane.Route.MaxConnections);
        var wanted = Math.Min(Math.Min(may, share), waiting + lane.Composed.Reader.Count);
        if (lane.Shape.Wait(now) > LaneConnection.LongestPause) return;
        while (Volatile.Read(ref lane.Connections) < wanted && _connections < settings.Value.Sending.MaxConnections && !_stopping.IsCancellationRequested && lane.Shape.TryOpen())
        {
            Interlocked.Increment(ref lane.Connections);
            Interlocked.Increment(ref _connections);
            Track(ConnectAsync(lane));
        }
    }

    /// <summary>Who waits for a destination that cannot be reached: each is told so in the ledger, and comes again in its own time.</summary>
    private void Empty(Lane lane, DateTimeOffset now)
    {
        while (lane.Take(Lane.MaxWaiting) is { Count: > 0 } waiting)
        {
            foreach (var message in waiting) _ = message.Queue.CommitAsync(Turned(message), null);
        }
        while (lane.Composed.Reader.TryRead(out var ready)) _ = ready.Recipient.Queue.CommitAsync(Turned(ready.Recipient), null);

        Outcome Turned(Claimed message) => lane.Route.IsOurs
            ? Verdict.Released(message, lane.ClosedUntil)
            : _verdict.Unreached(message, lane.LastTrouble ?? "", lane.Route.Name, now, Random.Shared.NextDouble());
    }

    private async Task ConnectAsync(Lane lane)
    {
        await Task.Yield();
        try
        {
            await new LaneConnection(lane, composer(), writer, _verdict, settings.Value.BackOffDelay, time, log).RunAsync(_stopping.Token);
        }
        catch (Exception fault)
        {
            LogFault(fault, lane.Route.Name);
        }
        finally
        {
            lane.Shape.Close();
            Interlocked.Decrement(ref lane.Connections);
            Interlocked.Decrement(ref _connections);
        }
    }

    private void Track(Task task)
    {
        _running.TryAdd(task, 0);
        task.ContinueWith(static (done, running) => ((ConcurrentDictionary<Task, byte>)running!).TryRemove(done, out _), _running, TaskScheduler.Default);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A connection to {Destination} ended in a fault of ours")]
    private partial void LogFault(Exception fault, string destination);
}
