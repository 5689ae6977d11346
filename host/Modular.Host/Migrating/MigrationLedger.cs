using Npgsql;

namespace Modular.Host.Migrating;

/// <summary>What was applied, in a table <c>migration</c> beside the tables themselves, so that a tenant's schema can move whole.</summary>
internal static class MigrationLedger
{
    private const string MakeTable = """
        create table if not exists migration (
          module     text        not null,
          name       text        not null,
          checksum   text        not null,
          applied_at timestamptz not null default now(),
          primary key (module, name)
        )
        """;

    /// <summary>Applies what is missing, in the caller's transaction, with <paramref name="schema"/> as the search path.</summary>
    public static async Task<int> ApplyAsync(NpgsqlTransaction transaction, string schema, IReadOnlyList<Migration> migrations, CancellationToken ct)
    {
        await RunAsync(transaction, $"set local search_path = {schema}; {MakeTable}", ct);
        var applied = await AppliedAsync(transaction, ct);
        var count = 0;
        foreach (var migration in migrations)
        {
            if (applied.TryGetValue((migration.Module, migration.Name), out var checksum))
            {
                if (checksum != migration.Checksum)
                    throw new CannotStartException(
                        $"The migration {migration.Module}/{migration.Name} was changed after it had been applied to {schema}. " +
                        "Restore the file as it was, and put the change into a new one.");
                continue;
            }

            await ApplyAsync(transaction, schema, migration, ct);
            count++;
        }

        return count;
    }

    private static async Task ApplyAsync(NpgsqlTransaction transaction, string schema, Migration migration, CancellationToken ct)
    {
        try
        {
            await RunAsync(transaction, migration.Sql, ct);
        }
        catch (PostgresException e)
        {
            throw new CannotStartException(
                $"The migration {migration.Module}/{migration.Name} failed in {schema}: {e.MessageText} (at character {e.Position} of the statement). " +
                "Nothing of it was kept.", e);
        }

        await using var record = new NpgsqlCommand("insert into migration (module, name, checksum) values ($1, $2, $3)", transaction.Connection, transaction)
        {
            Parameters = { new() { Value = migration.Module }, new() { Value = migration.Name }, new() { Value = migration.Checksum } },
        };
        await record.ExecuteNonQueryAsync(ct);
    }

    private static async Task<Dictionary<(string Module, string Name), string>> AppliedAsync(NpgsqlTransaction transaction, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select module, name, checksum from migration", transaction.Connection, transaction);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var applied = new Dictionary<(string, string), string>();
        while (await rows.ReadAsync(ct))
            applied.Add((rows.GetString(0), rows.GetString(1)), rows.GetString(2));
        return applied;
    }

    private static async Task RunAsync(NpgsqlTransaction transaction, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction) { CommandTimeout = 0 };   // an index over a big table takes its time
        await command.ExecuteNonQueryAsync(ct);
    }
}
