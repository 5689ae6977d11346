using System.Threading.Channels;
using Modular.Delivery.Queue;

namespace Modular.Delivery.Outbound;

/// <summary>
/// What waits for one destination in this process: recipients by tenant, taken in turns, then composed messages, a few ahead of the connections.
/// A destination that is slow fills its own lane and nobody else's.
/// </summary>
internal sealed class Lane(Route route, Shape shape, TimeProvider time)
{
    /// <summary>Recipients of one tenant that may wait here; who comes beyond that returns to the queue for a while.</summary>
    public const int MaxWaiting = 1_000;

    /// <summary>A session or two tell whether a destination takes mail; more are opened as it does. Those that never answer hold no more than these.</summary>
    private const int FirstConnections = 2;

    private static readonly TimeSpan ShortestPark = TimeSpan.FromSeconds(30), LongestPark = TimeSpan.FromHours(1), SampleAge = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<TenantId, Queue<Claimed>> _waiting = [];
    private readonly Queue<TenantId> _turns = [];
    private DateTimeOffset _parkedUntil;
    private double? _perSecond;
    private long _sent, _sampledAt = time.GetTimestamp();

    public Route Route { get; set; } = route;

    /// <summary>The limits of whoever takes the mail, shared with their other lanes.</summary>
    public Shape Shape => shape;

    /// <summary>Composed messages; bounded, so that composing waits for the connections.</summary>
    public Channel<Ready> Composed { get; } = Channel.CreateBounded<Ready>(Math.Clamp(route.MaxConnections, 4, 32));

    public int Connections;

    /// <summary>Tasks that compose for this lane.</summary>
    public int Composers;

    /// <summary>How many connections it has earned: one more for each message it took since it last failed.</summary>
    public int Earned { get; private set; } = FirstConnections;

    /// <summary>Not before this instant: the destination asked for peace, or could not be reached.</summary>
    public DateTimeOffset ClosedUntil { get; private set; }

    public int Failures { get; private set; }

    public string? LastTrouble { get; private set; }

    public int Waiting(TenantId tenant)
    {
        lock (_lock) return _waiting.TryGetValue(tenant, out var queue) ? queue.Count : 0;
    }

    public int WaitingInAll
    {
        get
        {
            lock (_lock) return _waiting.Values.Sum(queue => queue.Count);
        }
    }

    /// <summary>
    /// Of one tenant's recipients here, those that will be gone in two seconds at the present pace. The others wait for their destination, and are no
    /// reason not to claim for the rest. A lane that is new, or our own server's, is taken at its word.
    /// </summary>
    public int Flowing(TenantId tenant)
    {
        lock (_lock)
        {
            if (!_waiting.TryGetValue(tenant, out var queue)) return 0;
            Sample();
            return Route.IsOurs || _perSecond is not { } pace ? queue.Count : (int)Math.Min(queue.Count, 2 * pace);
        }
    }

    /// <returns>False when the tenant's room here is full.</returns>
    public bool TryAdd(Claimed message)
    {
        lock (_lock)
        {
            if (!_waiting.TryGetValue(message.Tenant, out var queue))
            {
                _waiting.Add(message.Tenant, queue = new Queue<Claimed>());
                _turns.Enqueue(message.Tenant);
                if (_waiting.Count is 1 && Connections is 0) (_sent, _sampledAt, _perSecond) = (0, time.GetTimestamp(), null); // it slept
            }
            if (queue.Count >= MaxWaiting) return false;
            queue.Enqueue(message);
            return true;
        }
    }

    /// <summary>The next recipients of one tenant and campaign, at most <paramref name="size"/>; the tenants take turns.</summary>
    public List<Claimed> Take(int size)
    {
        var taken = new List<Claimed>();
        lock (_lock)
        {
            for (var i = _turns.Count; i > 0 && taken.Count is 0; i--)
            {
                var tenant = _turns.Dequeue();
                var queue = _waiting[tenant];
                while (taken.Count < size && queue.TryPeek(out var next) && (taken.Count is 0 || next.CampaignId == taken[0].CampaignId)) taken.Add(queue.Dequeue());
                if (queue.Count is 0) _waiting.Remove(tenant);
                else _turns.Enqueue(tenant);
            }
        }
        return taken;
    }

    /// <summary>When a recipient that finds no room should come again: behind all who were sent away before it, at the pace of this destination.</summary>
    public DateTimeOffset Park(DateTimeOffset now)
    {
        lock (_lock)
        {
            Sample();
            var next = _parkedUntil + TimeSpan.FromSeconds(1 / Math.Max(_perSecond ?? 1, 0.1));
            if (next < now + ShortestPark) next = now + ShortestPark;
            if (next > now + LongestPark) next = now + LongestPark;
            return _parkedUntil = next;
        }
    }

    /// <summary>One message came to its end here, whatever the far side said: it moves.</summary>
    public void Moved(bool isAccepted)
    {
        lock (_lock)
        {
            _sent++;
            if (!isAccepted) return;
            (Failures, LastTrouble) = (0, null);
            Earned = Math.Min(Earned + 1, Route.MaxConnections);
        }
    }

    /// <summary>The destination has enough for now: half the connections, and more again as it takes mail.</summary>
    public void SlowDown()
    {
        lock (_lock) Earned = Math.Max(Earned / 2, 1);
    }

    /// <summary>The destination said 421 or cannot be reached: leave it alone, longer each time, up to an hour.</summary>
    public void BackOff(DateTimeOffset now, TimeSpan delay, string trouble)
    {
        lock (_lock)
        {
            if (now < ClosedUntil) return; // its other connections heard the same
            Failures++;
            Earned = FirstConnections;
            LastTrouble = trouble;
            var longer = delay * Math.Pow(2, Math.Min(Failures - 1, 10));
            ClosedUntil = now + (longer < TimeSpan.FromHours(1) ? longer : TimeSpan.FromHours(1));
        }
    }

    /// <summary>Messages a second, smoothed over a few.</summary>
    private void Sample()
    {
        if (time.GetElapsedTime(_sampledAt) is var span && span < SampleAge) return;
        var pace = _sent / span.TotalSeconds;
        _perSecond = _perSecond is { } before ? 0.5 * before + 0.5 * pace : pace;
        (_sent, _sampledAt) = (0, time.GetTimestamp());
    }
}
