using Npgsql;

namespace Modular.Kernel.Data;

/// <summary>
/// The system's own tables: one schema for each module (<c>tenancy.tenant</c>), named in full. It reaches no tenant's schema, but what it holds is
/// about more than one tenant, so each use of it deserves a look; one grep finds them all.
/// </summary>
public sealed class SystemDb(DatabaseAddress address) : IAsyncDisposable
{
    private readonly Lazy<NpgsqlDataSource> _source = new(() => new NpgsqlDataSourceBuilder(
        new NpgsqlConnectionStringBuilder(address.ConnectionString) { ApplicationName = "modular", MaxPoolSize = 20, ConnectionIdleLifetime = 60 }.ConnectionString).Build());

    public async Task<int> RunAsync(string sql, object? args, CancellationToken ct)
    {
        await using var connection = await _source.Value.OpenConnectionAsync(ct);
        return await connection.RunAsync(sql, args, null, ct);
    }

    public async Task<IReadOnlyList<T>> ListAsync<T>(string sql, object? args, CancellationToken ct)
    {
        await using var connection = await _source.Value.OpenConnectionAsync(ct);
        return await connection.ListAsync<T>(sql, args, null, ct);
    }

    /// <returns>The only row, or null (default) when there is none.</returns>
    public async Task<T?> FindAsync<T>(string sql, object? args, CancellationToken ct)
    {
        await using var connection = await _source.Value.OpenConnectionAsync(ct);
        return await connection.FindAsync<T>(sql, args, null, ct);
    }

    /// <summary>Begins a transaction; disposing of it without a commit changes nothing.</summary>
    public async Task<SystemTransaction> BeginAsync(CancellationToken ct)
    {
        var connection = await _source.Value.OpenConnectionAsync(ct);
        try
        {
            return new SystemTransaction(connection, await connection.BeginTransactionAsync(ct));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>A connection of its own, for streaming reads and COPY.</summary>
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken ct) => _source.Value.OpenConnectionAsync(ct);

    public ValueTask DisposeAsync() => _source.IsValueCreated ? _source.Value.DisposeAsync() : ValueTask.CompletedTask;
}
