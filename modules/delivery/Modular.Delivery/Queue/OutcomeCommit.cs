using Npgsql;
using NpgsqlTypes;

namespace Modular.Delivery.Queue;

/// <summary>What one commit writes for one tenant: outcomes, who may get the final dot now, finished claims.</summary>
internal sealed class CommitBatch
{
    public List<Outcome> Outcomes { get; } = [];

    /// <summary>Recipients whose final dot waits for this commit.</summary>
    public List<Claimed> Intents { get; } = [];

    public TaskCompletionSource<CommitResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <param name="IsHeld">False: the lease was lost. Nothing was written, and nothing that was claimed under it may be sent.</param>
/// <param name="Halted">Campaigns that were paused (2) or cancelled (3): none of their messages may be begun.</param>
internal sealed record CommitResult(bool IsHeld, IReadOnlyDictionary<long, short> Halted)
{
    public static CommitResult Lost { get; } = new(false, new Dictionary<long, short>());
}

/// <summary>
/// The statements of a commit. Run twice they change nothing the second time: a row takes one outcome for each claim. The lease's row is locked first;
/// without it the rest finds nothing to do.
/// </summary>
internal static class OutcomeCommit
{
    private const string Fly = """
        update sender_lease set in_flight = $2, expires_at = now() + $3 where lease_id = $1 returning lease_id
        """;

    private const string Write = """
        with outcome as (
            select * from unnest($2::bigint[], $3::smallint[], $4::timestamptz[], $5::smallint[], $6::smallint[], $7::text[], $8::text[], $9::text[], $10::int[], $11::smallint[])
                as o(recipient_id, state, due_at, tried, ambiguous, status, server, words, duration_ms, kind)
        ), changed as (
            update delivery d
               set state = o.state, due_at = o.due_at, attempts = d.attempts + o.tried, ambiguous = d.ambiguous + o.ambiguous, changed_at = $12,
                   status = coalesce(o.status, d.status), server = coalesce(o.server, d.server), reason = coalesce(o.words, d.reason),
                   duration_ms = coalesce(o.duration_ms, d.duration_ms)
              from outcome o
             where d.recipient_id = o.recipient_id
               and d.state in (0, 3) and d.due_at is null                      -- claimed, and without an outcome so far
               and exists (select from sender_lease where lease_id = $1)       -- by us
            returning d.recipient_id, d.campaign_id, o.state, o.ambiguous, d.test_to is not null as is_test
        ), told as (
            insert into delivery_event (recipient_id, kind, at, duration_ms, server, status, words)
            select recipient_id, kind, $12, coalesce(duration_ms, 0), server, status, words from outcome join changed using (recipient_id) where kind is not null
        ), moved as (
            select campaign_id, state, 1 as n from changed where not is_test
            union all select campaign_id, 1::smallint, -1 from changed where not is_test
            union all select campaign_id, 9::smallint, 1 from changed where not is_test and ambiguous > 0
        ), tallied as (
        """ + "\n" + Tally.Add + """

        ), cleared as (
            delete from claim where claim_id = any($13) and exists (select from sender_lease where lease_id = $1)
        )
        select recipient_id from changed
        """;

    private const string Halted = "select campaign_id, state from campaign_run where campaign_id = any($1) and state in (2, 3)";

    /// <param name="isPrepared">Whether the statements are kept prepared on this connection.</param>
    /// <returns>Null when the lease is gone; else who took an outcome, and which campaigns are halted.</returns>
    public static async Task<(HashSet<long> Changed, Dictionary<long, short> Halted)?> RunAsync(
        NpgsqlConnection connection, bool isPrepared, long leaseId, long[] inFlight, TimeSpan age, IReadOnlyList<Outcome> outcomes, long[] claims, long[] campaigns,
        DateTimeOffset now, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Fly)
        {
            Parameters = { Of(leaseId), Of(inFlight), new NpgsqlParameter<TimeSpan> { TypedValue = age, NpgsqlDbType = NpgsqlDbType.Interval } },
        });
        if (outcomes.Count > 0) batch.BatchCommands.Add(WriteOf(leaseId, outcomes, claims, now));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Halted) { Parameters = { Of(campaigns) } });
        if (isPrepared) await batch.PrepareAsync(ct);

        await using var reader = await batch.ExecuteReaderAsync(ct);
        var isHeld = await reader.ReadAsync(ct);
        var changed = new HashSet<long>();
        if (outcomes.Count > 0)
        {
            await reader.NextResultAsync(ct);
            while (await reader.ReadAsync(ct)) changed.Add(reader.GetInt64(0));
        }
        await reader.NextResultAsync(ct);
        var halted = new Dictionary<long, short>();
        while (await reader.ReadAsync(ct)) halted.Add(reader.GetInt64(0), reader.GetInt16(1));
        await reader.CloseAsync();
        return isHeld ? (changed, halted) : null;
    }

    private static NpgsqlBatchCommand WriteOf(long leaseId, IReadOnlyList<Outcome> outcomes, long[] claims, DateTimeOffset now)
    {
        var n = outcomes.Count;
        var (ids, states, due, tried, ambiguous) = (new long[n], new short[n], new DateTime?[n], new short[n], new short[n]);
        var (status, server, words, duration, kind) = (new string?[n], new string?[n], new string?[n], new int?[n], new short?[n]);
        for (var i = 0; i < n; i++)
        {
            var outcome = outcomes[i];
            ids[i] = outcome.Message.RecipientId;
            states[i] = (short)outcome.State;
            due[i] = outcome.DueAt?.UtcDateTime;
            tried[i] = outcome.WasTried ? (short)1 : (short)0;
            ambiguous[i] = outcome.IsAmbiguous ? (short)1 : (short)0;
            status[i] = outcome.Status;
            server[i] = outcome.Server;
            words[i] = outcome.Words;
            duration[i] = outcome.WasTried ? (int)outcome.Duration.TotalMilliseconds : null;
            kind[i] = (short?)outcome.Event;
        }
        return new NpgsqlBatchCommand(Write)
        {
            Parameters =
            {
                Of(leaseId), Of(ids), Of(states), OfInstants(due), Of(tried), Of(ambiguous), Of(status), Of(server), Of(words), Of(duration), Of(kind),
                new NpgsqlParameter<DateTime> { TypedValue = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz }, Of(claims),
            },
        };
    }

    /// <summary>With its type said: an array of nothing but nulls would be taken for one without a zone, and the prepared statement would refuse the next instant.</summary>
    private static NpgsqlParameter<DateTime?[]> OfInstants(DateTime?[] value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz };

    private static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };
}
