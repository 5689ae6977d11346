using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;

namespace Modular.Compliance.Auditing;

/// <summary>Streams a trail's rows; nothing is held but the row at hand.</summary>
internal static class TrailRows
{
    private const string Columns = "seq, at, actor_kind, actor_index, door, address_index, action, subject, detail, refused, commitment, content, hash, mac";

    /// <summary>From row <paramref name="first"/> on, in the order of the chain.</summary>
    public static IAsyncEnumerable<TrailRow> FromAsync(NpgsqlConnection connection, Trail trail, long first, CancellationToken ct) =>
        ReadAsync(new NpgsqlCommand($"select {Columns} from {trail.Table} where seq >= $1 order by seq", connection) { Parameters = { new() { Value = first } }, CommandTimeout = 0 }, ct);

    /// <summary>What fits the search, the latest first.</summary>
    /// <param name="most">Null: all.</param>
    public static IAsyncEnumerable<TrailRow> MatchingAsync(NpgsqlConnection connection, Trail trail, TrailSearch search, TrailKeys keys, long? before, int? most, CancellationToken ct)
    {
        var command = new NpgsqlCommand($"""
            select {Columns}
              from {trail.Table}
             where ($1::bigint is null or seq < $1)
               and ($2::text is null or action = $2)
               and ($3::uuid[] is null or actor_index = any($3))
               and ($4::text is null or subject = $4 or split_part(subject, '/', 1) = $4)
               and ($5::uuid is null or address_index = $5)
               and ($6::boolean is null or refused = $6)
               and ($7::timestamptz is null or at >= $7)
               and ($8::timestamptz is null or at < $8)
             order by seq desc   -- rows rise with time
             limit $9
            """, connection)
        { CommandTimeout = 0 };
        Add(command, NpgsqlDbType.Bigint, before);
        Add(command, NpgsqlDbType.Text, search.Action);
        Add(command, NpgsqlDbType.Array | NpgsqlDbType.Uuid, search.Actor is null ? null : search.ActorsMeant.Select(a => keys.ActorIndex(trail, a)).ToArray());
        Add(command, NpgsqlDbType.Text, search.Subject);
        Add(command, NpgsqlDbType.Uuid, search.Address is null ? null : keys.AddressIndex(trail, search.Address.ToString()));
        Add(command, NpgsqlDbType.Boolean, search.IsRefused);
        Add(command, NpgsqlDbType.TimestampTz, search.Since?.UtcDateTime);
        Add(command, NpgsqlDbType.TimestampTz, search.Until?.UtcDateTime);
        Add(command, NpgsqlDbType.Integer, most);
        return ReadAsync(command, ct);
    }

    private static void Add(NpgsqlCommand command, NpgsqlDbType type, object? value) =>
        command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });

    private static async IAsyncEnumerable<TrailRow> ReadAsync(NpgsqlCommand command, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var disposed = command;
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            yield return new TrailRow(
                new Deed(
                    rows.GetInt64(0), new DateTimeOffset(rows.GetDateTime(1)), rows.GetString(2), rows.GetGuid(3), rows.GetString(4), rows.IsDBNull(5) ? null : rows.GetGuid(5),
                    rows.GetString(6), rows.GetString(7), rows.IsDBNull(8) ? null : rows.GetString(8), rows.GetBoolean(9), rows.GetFieldValue<byte[]>(10)),
                rows.GetFieldValue<byte[]>(11), rows.GetFieldValue<byte[]>(12), rows.GetFieldValue<byte[]>(13));
        }
    }
}

/// <summary>A row as it stands in the table.</summary>
/// <param name="Content">Sealed.</param>
internal sealed record TrailRow(Deed Deed, byte[] Content, byte[] Hash, byte[] Mac);
