using Modular.Delivery.Outbound;

namespace Modular.Delivery.Messages;

/// <summary>What waits in a tenant's queue and why, and how its destinations stand in this process.</summary>
internal sealed class QueueSummary(TenantDb db, LaneRunner lanes)
{
    /// <summary>Destinations shown, those with the most waiting first.</summary>
    private const int MaxShown = 100;

    /// <summary>Only what has to be tried again is looked at row by row; what was never tried is counted by the tally.</summary>
    private const string Waiting = """
        select d.domain, count(*) as waiting, min(d.due_at) as next_at, min(d.queued_at) as oldest_at, (array_agg(d.reason order by d.changed_at desc nulls last))[1] as reason
          from delivery d where d.due_at is not null and d.test_to is null
         group by d.domain order by count(*) desc limit @size
        """;

    private const string Sums = """
        select coalesce(sum(n) filter (where t.state = 0), 0)::bigint as queued, coalesce(sum(n) filter (where t.state = 1), 0)::bigint as sending,
               coalesce(sum(n) filter (where t.state = 3), 0)::bigint as deferred
          from tally t join campaign_run r using (campaign_id) where r.state in (1, 2)
        """;

    public async Task<QueueFigures> OfAsync(TenantId tenant, CancellationToken ct)
    {
        var sums = await db.FindAsync<Sum>(tenant, Sums, null, ct) ?? new Sum(0, 0, 0);
        var waiting = await db.ListAsync<WaitingDomain>(tenant, Waiting, new { size = MaxShown }, ct);
        var open = lanes.Lanes.Where(lane => lane.Waiting(tenant) > 0 || lane.Connections > 0).OrderByDescending(lane => lane.Waiting(tenant)).Take(MaxShown)
            .Select(lane => new OpenDestination(lane.Route.Name, lane.Waiting(tenant), lane.Connections, lane.Route.MaxConnections, lane.Failures > 0 ? lane.ClosedUntil : null, lane.LastTrouble));
        return new QueueFigures(sums.Queued, sums.Sending, sums.Deferred, waiting, [.. open]);
    }

    private sealed record Sum(long Queued, long Sending, long Deferred);
}

/// <param name="Waiting">Domains whose recipients have to be tried again.</param>
/// <param name="Destinations">Where this process is sending.</param>
internal sealed record QueueFigures(long Queued, long Sending, long Deferred, IReadOnlyList<WaitingDomain> Waiting, IReadOnlyList<OpenDestination> Destinations);

/// <param name="Reason">What the last of them heard.</param>
internal sealed record WaitingDomain(string Domain, long Waiting, DateTimeOffset NextAt, DateTimeOffset OldestAt, string? Reason);

/// <param name="ClosedUntil">It is left alone until then; null when it is not.</param>
internal sealed record OpenDestination(string Name, int Waiting, int Connections, int MaxConnections, DateTimeOffset? ClosedUntil, string? Trouble);
