using System.Security.Cryptography;
using Npgsql;
using NpgsqlTypes;

namespace Modular.Host.Migrating;

/// <inheritdoc cref="IResealing"/>
internal sealed class Resealing(DatabaseOwner owner, ISealer sealer, IKeyStore keys) : IResealing
{
    /// <summary>Sealed bytes of a batch; one value that is larger still is a batch of its own.</summary>
    private const int MostBytes = 8 << 20;

    public async Task<ResealedBatch> ResealAsync(TenantId tenant, SealedColumn column, long after, int most, CancellationToken ct)
    {
        await using var connection = await owner.ConnectAsync(ct);
        var (old, goOnAfter) = await PageAsync(connection, tenant, column, after, most, ct);
        var (anew, unreadable) = SealAnew(tenant, column, old);
        if (anew.Count > 0) await ReplaceAsync(connection, tenant, column, anew, ct);
        return new(goOnAfter, anew.Count, unreadable);
    }

    /// <summary>Every transaction, reading or writing, holds a lock on its own virtual id as long as it lives; anyone may see those.</summary>
    public async Task<IReadOnlyList<string>> AtWorkAsync(CancellationToken ct)
    {
        await using var connection = await owner.ConnectAsync(ct);
        await using var command = new NpgsqlCommand("select virtualxid from pg_locks where locktype = 'virtualxid' and pid <> pg_backend_pid()", connection);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var names = new List<string>();
        while (await rows.ReadAsync(ct))
            names.Add(rows.GetString(0));
        return names;
    }

    /// <summary>Along the primary key, and never more than a page of it, whether it finds much or nothing.</summary>
    private async Task<(List<(long Id, byte[] Sealed)> Old, long? GoOnAfter)> PageAsync(NpgsqlConnection connection, TenantId tenant, SealedColumn column, long after, int most, CancellationToken ct)
    {
        await using var find = new NpgsqlCommand($"""
            with page as (
              select {column.IdColumn} as id, {column.Column} as sealed,
                     {column.Column} is not null and substring({column.Column} from 1 for 1) <> $2 as is_old   -- the version stands in front
                from {tenant.Schema}.{column.Table}
               where {column.IdColumn} > $1
               order by {column.IdColumn}
               limit $3),
            measured as (
              select id, sealed, is_old, row_number() over up as nth, count(*) over () as rows,
                     sum(case when is_old then octet_length(sealed) else 0 end) over up as bytes
                from page
              window up as (order by id rows unbounded preceding))
            select id, case when is_old then sealed end, rows
              from measured
             where nth = 1 or bytes <= $4
             order by id
            """, connection)
        {
            Parameters = { new() { Value = after }, new() { Value = new[] { keys.TenantKey(tenant).Version } }, new() { Value = most }, new() { Value = (long)MostBytes } },
        };
        var old = new List<(long, byte[])>();
        await using var rows = await find.ExecuteReaderAsync(ct);
        var (seen, inPage, last) = (0, 0L, after);
        for (; await rows.ReadAsync(ct); seen++)
        {
            (last, inPage) = (rows.GetInt64(0), rows.GetInt64(2));
            if (!rows.IsDBNull(1)) old.Add((last, rows.GetFieldValue<byte[]>(1)));
        }
        return (old, seen < inPage || inPage == most ? last : null);
    }

    private (List<(long Id, byte[] Old, byte[] Anew)> Anew, int Unreadable) SealAnew(TenantId tenant, SealedColumn column, List<(long Id, byte[] Sealed)> old)
    {
        var anew = new List<(long, byte[], byte[])>(old.Count);
        foreach (var (id, bytes) in old)
        {
            try
            {
                anew.Add((id, bytes, sealer.Seal(tenant, column.Purpose, id, sealer.Open(tenant, column.Purpose, id, bytes))));
            }
            catch (CryptographicException) when (keys.Has(tenant))
            {
                // Damaged. The old key stays for whoever repairs it; the rest goes on.
            }
        }
        return (anew, old.Count - anew.Count);
    }

    private static async Task ReplaceAsync(NpgsqlConnection connection, TenantId tenant, SealedColumn column, List<(long Id, byte[] Old, byte[] Anew)> values, CancellationToken ct)
    {
        await using var replace = new NpgsqlCommand($"""
            with mine as (   -- who waits for no lock takes part in no deadlock
              select {column.IdColumn} as id from {tenant.Schema}.{column.Table} where {column.IdColumn} = any($1) for no key update skip locked)
            update {tenant.Schema}.{column.Table} t
               set {column.Column} = n.anew
              from unnest($1, $2, $3) as n(id, old, anew)
              join mine on mine.id = n.id
             where t.{column.IdColumn} = n.id
               and t.{column.Column} = n.old   -- whoever wrote it meanwhile knew better
            """, connection)
        {
            Parameters =
            {
                new() { Value = values.Select(v => v.Id).ToArray() },
                new() { Value = values.Select(v => v.Old).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
                new() { Value = values.Select(v => v.Anew).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
            },
        };
        await replace.ExecuteNonQueryAsync(ct);
    }
}
