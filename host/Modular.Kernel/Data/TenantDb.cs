using System.Collections.Concurrent;
using Npgsql;

namespace Modular.Kernel.Data;

/// <summary>
/// A tenant's own tables, reached as the tenant's own login: names are unqualified, the role's search path is its schema, and PostgreSQL itself
/// refuses everything else, injected SQL included. One small pool for each tenant; it empties when idle.
/// </summary>
public sealed class TenantDb(DatabaseAddress address, IKeyStore keys, IOutbox outbox) : IAsyncDisposable
{
    /// <summary>Connections of one tenant in this process, at most; the role's own limit in PostgreSQL is higher.</summary>
    public const int MaxPoolSize = 24;

    private readonly ConcurrentDictionary<TenantId, Lazy<NpgsqlDataSource>> _sources = new();

    public async Task<int> RunAsync(TenantId tenant, string sql, object? args, CancellationToken ct)
    {
        await using var connection = await OpenAsync(tenant, ct);
        return await connection.RunAsync(sql, args, null, ct);
    }

    public async Task<IReadOnlyList<T>> ListAsync<T>(TenantId tenant, string sql, object? args, CancellationToken ct)
    {
        await using var connection = await OpenAsync(tenant, ct);
        return await connection.ListAsync<T>(sql, args, null, ct);
    }

    /// <returns>The only row, or null (default) when there is none.</returns>
    public async Task<T?> FindAsync<T>(TenantId tenant, string sql, object? args, CancellationToken ct)
    {
        await using var connection = await OpenAsync(tenant, ct);
        return await connection.FindAsync<T>(sql, args, null, ct);
    }

    /// <summary>Begins a transaction; leaving it undisposed or uncommitted changes nothing.</summary>
    public async Task<TenantTransaction> BeginAsync(TenantId tenant, CancellationToken ct)
    {
        var connection = await OpenAsync(tenant, ct);
        try
        {
            return new TenantTransaction(tenant, connection, await connection.BeginTransactionAsync(ct), outbox);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>A connection of its own, for streaming reads and COPY.</summary>
    public ValueTask<NpgsqlConnection> OpenAsync(TenantId tenant, CancellationToken ct) =>
        _sources.GetOrAdd(tenant, id => new Lazy<NpgsqlDataSource>(() => Source(id))).Value.OpenConnectionAsync(ct);

    /// <summary>Closes the tenant's pool, as when its password changes or the tenant ends.</summary>
    public async Task ForgetAsync(TenantId tenant)
    {
        if (_sources.TryRemove(tenant, out var source) && source.IsValueCreated) await source.Value.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var tenant in _sources.Keys) await ForgetAsync(tenant);
    }

    private NpgsqlDataSource Source(TenantId tenant) => new NpgsqlDataSourceBuilder(new NpgsqlConnectionStringBuilder(address.ConnectionString)
    {
        Username = tenant.Schema,
        Password = keys.DatabasePassword(tenant),
        ApplicationName = "modular",
        MinPoolSize = 0,
        MaxPoolSize = MaxPoolSize,
        ConnectionIdleLifetime = 30,
        ConnectionPruningInterval = 10,
    }.ConnectionString).Build();
}
