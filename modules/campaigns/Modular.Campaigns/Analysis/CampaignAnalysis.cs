using Modular.Campaigns.Tracking;
using Modular.Delivery;

namespace Modular.Campaigns.Analysis;

/// <summary>Reads the figures. All of it is sums that are kept, so a look costs the same at ten thousand recipients and at a million.</summary>
internal sealed class CampaignAnalysis(TenantDb db, IDeliveries deliveries)
{
    /// <summary>Points of a series, at most: what a chart can show.</summary>
    public const int MaxPoints = 700;

    private static readonly TimeSpan[] Buckets =
        [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), TimeSpan.FromHours(6), TimeSpan.FromDays(1), TimeSpan.FromDays(7)];

    private const string Sums = """
        select campaign_id, kind, agent, sum(total)::bigint as total, sum(recipients)::bigint as recipients
          from response_tally
         where campaign_id = any (@campaignIds) and link = 0
         group by campaign_id, kind, agent
        """;

    private const string OfLinks = """
        select l.number::integer as number, l.target,
               coalesce(sum(t.recipients) filter (where t.agent = 1), 0)::bigint as people,
               coalesce(sum(t.total) filter (where t.agent = 1), 0)::bigint as by_people,
               coalesce(sum(t.total) filter (where t.agent = 2), 0)::bigint as by_machines
          from campaign c
          join link l on l.revision_id = c.revision_id
          left join response_tally t on t.campaign_id = c.campaign_id and t.kind = 2 and t.link = l.number
         where c.campaign_id = @campaignId
         group by l.number, l.target
         order by l.number
        """;

    private const string Span = """
        select min(minute) as first, max(minute) as last from response_tally where campaign_id = @campaignId and kind in (1, 2) and link = 0 and agent = 1
        """;

    private const string OfBuckets = """
        select date_bin(@bucket, minute, @origin) as at,
               coalesce(sum(recipients) filter (where kind = 1), 0)::bigint as opened, coalesce(sum(recipients) filter (where kind = 2), 0)::bigint as clicked,
               coalesce(sum(total) filter (where kind = 1), 0)::bigint as opens, coalesce(sum(total) filter (where kind = 2), 0)::bigint as clicks
          from response_tally
         where campaign_id = @campaignId and kind in (1, 2) and link = 0 and agent = 1
         group by 1
        """;

    private const string Firsts = """
        select recipient_id, kind, agent, at from response_first where recipient_id = any (@recipientIds) and link = 0
        """;

    public async Task<CampaignFigures> OfAsync(TenantId tenant, long campaignId, CancellationToken ct) =>
        (await OfAsync(tenant, [campaignId], ct)).GetValueOrDefault(campaignId, CampaignFigures.None);

    public async Task<IReadOnlyDictionary<long, CampaignFigures>> OfAsync(TenantId tenant, IReadOnlyCollection<long> campaignIds, CancellationToken ct)
    {
        if (campaignIds.Count == 0) return new Dictionary<long, CampaignFigures>();
        var ledgers = await deliveries.CountAsync(tenant, campaignIds, ct);
        var sums = (await db.ListAsync<SumRow>(tenant, Sums, new { campaignIds = campaignIds.ToArray() }, ct)).ToLookup(s => s.CampaignId);
        return campaignIds.Distinct().ToDictionary(id => id, id => new CampaignFigures(
            ledgers.GetValueOrDefault(id, CampaignFigures.NoLedger),
            Of(sums[id], ResponseKind.Open),
            Of(sums[id], ResponseKind.Click),
            Of(sums[id], ResponseKind.Unsubscribe).People,
            Of(sums[id], ResponseKind.Complaint).People));
    }

    public Task<IReadOnlyList<LinkFigures>> LinksAsync(TenantId tenant, long campaignId, CancellationToken ct) =>
        db.ListAsync<LinkFigures>(tenant, OfLinks, new { campaignId }, ct);

    /// <summary>People's first openings and clicks over time, without gaps; the bucket is as narrow as the time it covers allows.</summary>
    public async Task<ResponseSeries> SeriesAsync(TenantId tenant, long campaignId, CancellationToken ct)
    {
        if (await db.FindAsync<SpanRow>(tenant, Span, new { campaignId }, ct) is not { First: { } first, Last: { } last }) return new ResponseSeries(Buckets[0], []);
        var bucket = Array.Find(Buckets, b => (last - first) / b < MaxPoints);
        if (bucket == default) bucket = Buckets[^1];
        var origin = new DateTimeOffset(first.UtcDateTime.Date, TimeSpan.Zero);
        var found = (await db.ListAsync<PointRow>(tenant, OfBuckets, new { campaignId, bucket, origin }, ct)).ToDictionary(p => p.At);
        var points = new List<ResponsePoint>();
        var at = origin + TimeSpan.FromTicks((first - origin).Ticks / bucket.Ticks * bucket.Ticks);
        for (; at <= last && points.Count <= MaxPoints; at += bucket)
        {
            points.Add(found.TryGetValue(at, out var p) ? new ResponsePoint(at, p.Opened, p.Clicked, p.Opens, p.Clicks) : new ResponsePoint(at, 0, 0, 0, 0));
        }
        return new ResponseSeries(bucket, points);
    }

    /// <summary>One page of the ledger with what each of its recipients did.</summary>
    public async Task<(IReadOnlyList<RecipientLine> Lines, long? Last)> RecipientsAsync(TenantId tenant, long campaignId, DeliveryState? state, long after, int size, CancellationToken ct)
    {
        var page = await deliveries.ReadLedgerAsync(tenant, campaignId, state, after, size, ct);
        var firsts = (await db.ListAsync<FirstRow>(tenant, Firsts, new { recipientIds = page.Entries.Select(e => e.RecipientId).ToArray() }, ct)).ToLookup(f => f.RecipientId);
        return ([.. page.Entries.Select(e => new RecipientLine(e,
            At(firsts[e.RecipientId], ResponseKind.Open, Agent.Person), At(firsts[e.RecipientId], ResponseKind.Click, Agent.Person),
            At(firsts[e.RecipientId], ResponseKind.Unsubscribe, Agent.Person),
            firsts[e.RecipientId].Any(f => f.Agent == (short)Agent.Machine)))], page.Last);
    }

    private static DateTimeOffset? At(IEnumerable<FirstRow> firsts, ResponseKind kind, Agent agent) =>
        firsts.FirstOrDefault(f => f.Kind == (short)kind && f.Agent == (short)agent)?.At;

    private static ResponseSums Of(IEnumerable<SumRow> rows, ResponseKind kind)
    {
        var (people, byPeople, machines, byMachines) = (0L, 0L, 0L, 0L);
        foreach (var row in rows.Where(r => r.Kind == (short)kind))
        {
            if (row.Agent == (short)Agent.Person) (people, byPeople) = (row.Recipients, row.Total);
            else (machines, byMachines) = (row.Recipients, row.Total);
        }
        return new ResponseSums(people, byPeople, machines, byMachines);
    }

    private sealed record SumRow(long CampaignId, short Kind, short Agent, long Total, long Recipients);

    private sealed record SpanRow
    {
        public DateTimeOffset? First { get; init; }

        public DateTimeOffset? Last { get; init; }
    }

    private sealed record PointRow
    {
        public DateTimeOffset At { get; init; }

        public long Opened { get; init; }

        public long Clicked { get; init; }

        public long Opens { get; init; }

        public long Clicks { get; init; }
    }

    private sealed record FirstRow
    {
        public long RecipientId { get; init; }

        public short Kind { get; init; }

        public short Agent { get; init; }

        public DateTimeOffset At { get; init; }
    }
}

/// <summary>A recipient of the ledger, with what they did: the first time of each, by a person.</summary>
/// <param name="SeenByMachine">A machine opened or clicked for them.</param>
internal sealed record RecipientLine(LedgerEntry Entry, DateTimeOffset? OpenedAt, DateTimeOffset? ClickedAt, DateTimeOffset? UnsubscribedAt, bool SeenByMachine);
