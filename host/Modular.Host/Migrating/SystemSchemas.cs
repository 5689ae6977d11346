using Npgsql;

namespace Modular.Host.Migrating;

/// <summary>The modules' system tables: one schema for each module that has any, and the host's own.</summary>
internal static class SystemSchemas
{
    private const string HostTables = """
        create schema if not exists host;
        create table if not exists host.catch_up (
          what   text primary key,   -- the runtime login, or a tenant's schema
          digest text not null       -- the set of migrations it carries and was granted
        );
        """;

    /// <returns>How many migrations were applied.</returns>
    public static async Task<int> MigrateAsync(NpgsqlConnection owner, MigrationSet set, DatabaseRoles roles, CancellationToken ct)
    {
        await using (var prepare = new NpgsqlCommand(HostTables, owner))
            await prepare.ExecuteNonQueryAsync(ct);
        if (await DigestAsync(owner, roles.System, ct) == set.Digest)
            return 0;

        var count = 0;
        await using var transaction = await owner.BeginTransactionAsync(ct);
        foreach (var module in set.Modules)
        {
            await RunAsync(transaction, $"create schema if not exists {module}", ct);
            count += await MigrationLedger.ApplyAsync(transaction, module, [.. set.System.Where(m => m.Module == module)], ct);
            await RunAsync(transaction, $"""
                grant usage on schema {module} to "{roles.System}";
                grant select, insert, update, delete on all tables in schema {module} to "{roles.System}";
                grant usage, select on all sequences in schema {module} to "{roles.System}";
                grant execute on all functions in schema {module} to "{roles.System}";
                revoke all on table {module}.migration from "{roles.System}";
                """, ct);
            foreach (var table in await AppendOnly.TablesAsync(transaction, module, ct))
                await RunAsync(transaction, $"revoke update, delete on table {module}.{table} from \"{roles.System}\"", ct);
        }

        await CaughtUpAsync(transaction, roles.System, set.Digest, ct);
        await transaction.CommitAsync(ct);
        return count;
    }

    public static async Task<string?> DigestAsync(NpgsqlConnection owner, string what, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select digest from host.catch_up where what = $1", owner) { Parameters = { new() { Value = what } } };
        return (string?)await command.ExecuteScalarAsync(ct);
    }

    public static async Task CaughtUpAsync(NpgsqlTransaction transaction, string what, string digest, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "insert into host.catch_up (what, digest) values ($1, $2) on conflict (what) do update set digest = excluded.digest", transaction.Connection, transaction)
        {
            Parameters = { new() { Value = what }, new() { Value = digest } },
        };
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task RunAsync(NpgsqlTransaction transaction, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction);
        await command.ExecuteNonQueryAsync(ct);
    }
}
