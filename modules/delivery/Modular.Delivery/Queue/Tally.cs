namespace Modular.Delivery.Queue;

/// <summary>The sums beside the ledger: changed in the same statement as the states, so they are exact at every moment and cost the same at any size.</summary>
internal static class Tally
{
    /// <summary>Counters beside the states of <see cref="DeliveryState"/>.</summary>
    public const short Complaints = 8;

    /// <inheritdoc cref="Complaints"/>
    public const short Ambiguous = 9;

    /// <summary>Adds what a common table expression <c>moved (campaign_id, state, n)</c> holds, into the writer's slot.</summary>
    public const string Add = """
        insert into tally as t (campaign_id, state, slot, n)
        select campaign_id, state, pg_backend_pid() % 16, sum(n) from moved group by campaign_id, state having sum(n) <> 0
         order by campaign_id, state   -- one order for all writers, or two of them could wait for each other
        on conflict (campaign_id, state, slot) do update set n = t.n + excluded.n
        """;
}
