using Npgsql;

namespace Modular.Host.Migrating;

/// <summary>Each tenant's room: a schema whose tables the tenant's login may use and may not change. A room is made or brought up to date in one transaction.</summary>
internal static class TenantSchemas
{
    private const int Parallelism = 4;

    /// <summary>Rooms that exist and do not carry <c>$1</c>. What PostgreSQL holds is asked, not what a table of tenants says.</summary>
    private const string Behind = """
        select n.nspname::text
          from pg_namespace n
          left join host.catch_up c on c.what = n.nspname
         where n.nspname ~ '^t_[0-9a-hjkmnp-tv-z]{8}$'
           and c.digest is distinct from $1
         order by 1
        """;

    /// <summary>What a tenant's login may do in its own schema. What is <see cref="AppendOnly"/> takes inserts and nothing else.</summary>
    private const string Grants = """
        grant usage on schema {0} to {0};
        grant select, insert, update, delete on all tables in schema {0} to {0};
        grant usage, select on all sequences in schema {0} to {0};
        grant execute on all functions in schema {0} to {0};
        revoke all on table {0}.migration from {0};
        """;

    public static async Task<IReadOnlyList<string>> ListAsync(NpgsqlConnection owner, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select nspname::text from pg_namespace where nspname ~ '^t_[0-9a-hjkmnp-tv-z]{8}$' order by 1", owner);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var schemas = new List<string>();
        while (await rows.ReadAsync(ct))
            schemas.Add(rows.GetString(0));
        return schemas;
    }

    /// <summary>Brings every room up to date, a few at a time. Cut off, it goes on where it stopped.</summary>
    public static async Task<int> MigrateAllAsync(NpgsqlDataSource owner, MigrationSet set, CancellationToken ct)
    {
        var behind = new List<string>();
        await using (var command = owner.CreateCommand(Behind))
        {
            command.Parameters.Add(new() { Value = set.Digest });
            await using var rows = await command.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct))
                behind.Add(rows.GetString(0));
        }

        await Parallel.ForEachAsync(behind, new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = ct }, async (schema, stop) =>
        {
            await using var connection = await owner.OpenConnectionAsync(stop);
            await MigrateAsync(connection, schema, set, stop);
        });
        return behind.Count;
    }

    public static async Task MigrateAsync(NpgsqlConnection owner, string schema, MigrationSet set, CancellationToken ct)
    {
        await using var transaction = await owner.BeginTransactionAsync(ct);
        await RunAsync(transaction, $"create schema if not exists {schema}", ct);
        await MigrationLedger.ApplyAsync(transaction, schema, set.Tenant, ct);
        await RunAsync(transaction, Grants.Replace("{0}", schema, StringComparison.Ordinal), ct);
        foreach (var table in await AppendOnly.TablesAsync(transaction, schema, ct))
            await RunAsync(transaction, $"revoke update, delete on table {schema}.{table} from {schema}", ct);
        await SystemSchemas.CaughtUpAsync(transaction, schema, set.Digest, ct);
        await transaction.CommitAsync(ct);
    }

    private static async Task RunAsync(NpgsqlTransaction transaction, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction);
        await command.ExecuteNonQueryAsync(ct);
    }
}
