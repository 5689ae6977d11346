using Npgsql;

namespace Modular.Host.Migrating;

/// <summary>Tables whose comment begins with "append-only": the logins that serve requests may add rows and read them, and change none.</summary>
internal static class AppendOnly
{
    private const string Tables = """
        select c.relname::text
          from pg_class c
          join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = $1
           and c.relkind in ('r', 'p')
           and obj_description(c.oid, 'pg_class') like 'append-only%'
        """;

    public static async Task<List<string>> TablesAsync(NpgsqlTransaction transaction, string schema, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Tables, transaction.Connection, transaction) { Parameters = { new() { Value = schema } } };
        await using var rows = await command.ExecuteReaderAsync(ct);
        var tables = new List<string>();
        while (await rows.ReadAsync(ct))
            tables.Add(rows.GetString(0));
        return tables;
    }
}
