using Modular.Kernel.Auditing;
using Npgsql;
using NpgsqlTypes;

namespace Modular.Compliance.Auditing;

/// <summary>Adds a row at the end of a trail's chain, in the caller's transaction, which is about to commit.</summary>
internal sealed class TrailWriter(TrailKeys keys, TimeProvider time)
{
    private const int MostSubject = 300;
    private const int MostDetail = 1_000;

    /// <summary>A turn, until the transaction ends. It is the last lock that any transaction takes, and the row is written at once, so nobody waits long or in a circle.</summary>
    private const string TakeTurn = "select pg_advisory_xact_lock(hashtextextended($1, 0))";

    public async Task WriteAsync(NpgsqlConnection connection, Trail trail, AuditEntry entry, AuditOrigin from, CancellationToken ct)
    {
        var (last, previous) = await HeadAsync(connection, trail, ct);
        var seq = last + 1;
        var content = DeedContent.Of(entry, from);
        var encoded = content.Encode();
        var now = time.GetUtcNow();
        var deed = new Deed(
            seq,
            now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond)),
            content.Actor.Split(':')[0],
            keys.ActorIndex(trail, content.Actor),
            from.Door,
            content.Address is null ? null : keys.AddressIndex(trail, content.Address),
            entry.Action,
            DeedContent.Clean(entry.Subject, MostSubject)!,   // null only for null
            DeedContent.Clean(entry.Detail, MostDetail),
            entry.Outcome is AuditOutcome.Refused,
            keys.Commitment(trail, seq, encoded));
        var hash = deed.Hash(previous);
        await AppendAsync(connection, trail, deed, keys.Seal(trail, seq, encoded), hash, keys.Mac(trail, hash), ct);
    }

    /// <summary>Both in one trip; the second statement looks when the first has got its turn, so it sees what the holder before has committed.</summary>
    private static async Task<(long Seq, byte[] Hash)> HeadAsync(NpgsqlConnection connection, Trail trail, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(TakeTurn) { Parameters = { new() { Value = trail.Lock } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"select seq, hash from {trail.Table} order by seq desc limit 1"));
        await using var rows = await batch.ExecuteReaderAsync(ct);
        await rows.NextResultAsync(ct);
        return await rows.ReadAsync(ct) ? (rows.GetInt64(0), rows.GetFieldValue<byte[]>(1)) : (0, Deed.NoHash);
    }

    private static async Task AppendAsync(NpgsqlConnection connection, Trail trail, Deed deed, byte[] content, byte[] hash, byte[] mac, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"""
            insert into {trail.Table} (seq, at, actor_kind, actor_index, door, address_index, action, subject, detail, refused, content, commitment, hash, mac)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """, connection)
        {
            Parameters =
            {
                new() { Value = deed.Seq },
                new() { Value = deed.At.UtcDateTime },
                new() { Value = deed.ActorKind },
                new() { Value = deed.ActorIndex },
                new() { Value = deed.Door },
                new() { Value = (object?)deed.AddressIndex ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
                new() { Value = deed.Action },
                new() { Value = deed.Subject },
                new() { Value = (object?)deed.Detail ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                new() { Value = deed.IsRefused },
                new() { Value = content },
                new() { Value = deed.Commitment },
                new() { Value = hash },
                new() { Value = mac },
            },
        };
        await command.ExecuteNonQueryAsync(ct);
    }
}
