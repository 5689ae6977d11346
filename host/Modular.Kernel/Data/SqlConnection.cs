using Dapper;
using Npgsql;

namespace Modular.Kernel.Data;

/// <summary>The few ways in which statements are run, the same for a tenant and for the system. Arguments are an object whose properties name the parameters.</summary>
internal static class SqlConnection
{
    extension(NpgsqlConnection connection)
    {
        public Task<int> RunAsync(string sql, object? args, NpgsqlTransaction? transaction, CancellationToken ct) =>
            connection.ExecuteAsync(new CommandDefinition(sql, args, transaction, cancellationToken: ct));

        public async Task<IReadOnlyList<T>> ListAsync<T>(string sql, object? args, NpgsqlTransaction? transaction, CancellationToken ct) =>
            (await connection.QueryAsync<T>(new CommandDefinition(sql, args, transaction, cancellationToken: ct))).AsList();

        public Task<T?> FindAsync<T>(string sql, object? args, NpgsqlTransaction? transaction, CancellationToken ct) =>
            connection.QuerySingleOrDefaultAsync<T?>(new CommandDefinition(sql, args, transaction, cancellationToken: ct));
    }
}
