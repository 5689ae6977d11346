using System.Collections.Concurrent;

namespace Modular.Campaigns.Tracking;

/// <summary>Moves hits from the inbox to their place and counts them, in one statement: what is moved is counted, once, whatever dies.</summary>
internal sealed class HitFolding(TenantDb db)
{
    /// <summary>Hits of one statement, at most.</summary>
    private const int BatchSize = 20_000;

    private const string Fold = """
        with taken as (
          delete from response_inbox
           where ctid = any (array(select ctid from response_inbox limit @size for update skip locked))
          returning recipient_id, campaign_id, at, kind, link, agent
        ), kept as (
          insert into response (recipient_id, campaign_id, at, kind, link, agent) select recipient_id, campaign_id, at, kind, link, agent from taken
        ), counted as (
          select recipient_id, campaign_id, at, kind, link, agent from taken
          union all
          select recipient_id, campaign_id, at, kind, 0::smallint, agent from taken where kind = 2   -- a click counts for its link and for all of them
        ), firsts as (
          insert into response_first (recipient_id, kind, link, agent, campaign_id, at)
          select recipient_id, kind, link, agent, campaign_id, min(at) from counted group by 1, 2, 3, 4, 5
          on conflict do nothing
          returning campaign_id, kind, link, agent, at
        ), sums as (
          select campaign_id, kind, link, agent, date_trunc('minute', at) as minute, count(*) as total, 0 as recipients from counted group by 1, 2, 3, 4, 5
          union all
          select campaign_id, kind, link, agent, date_trunc('minute', at), 0, count(*) from firsts group by 1, 2, 3, 4, 5
        ), tallied as (
          insert into response_tally as t (campaign_id, kind, link, agent, minute, total, recipients)
          select campaign_id, kind, link, agent, minute, sum(total), sum(recipients) from sums group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
          on conflict (campaign_id, kind, link, agent, minute)
          do update set total = t.total + excluded.total, recipients = t.recipients + excluded.recipients
        )
        select count(*) from taken
        """;

    private readonly ConcurrentDictionary<TenantId, bool> _waiting = new();

    /// <summary>Says that the inbox of this tenant is not empty.</summary>
    public void Wake(TenantId tenant) => _waiting.TryAdd(tenant, true);

    /// <summary>The tenants that were named since the last call.</summary>
    public IReadOnlyList<TenantId> Named()
    {
        var named = _waiting.Keys.ToList();
        foreach (var tenant in named) _waiting.TryRemove(tenant, out _);
        return named;
    }

    /// <summary>Until the inbox is empty, or held by somebody who is at it.</summary>
    public async Task<long> FoldAsync(TenantId tenant, CancellationToken ct)
    {
        long all = 0;
        while (await db.FindAsync<long>(tenant, Fold, new { size = BatchSize }, ct) is > 0 and var moved) all += moved;
        return all;
    }
}
