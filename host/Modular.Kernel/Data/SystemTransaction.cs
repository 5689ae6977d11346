using Npgsql;

namespace Modular.Kernel.Data;

/// <summary>One transaction over the system's own tables. Not thread-safe; keep network calls out of it.</summary>
public sealed class SystemTransaction : IAsyncDisposable
{
    private readonly NpgsqlTransaction _transaction;
    private readonly CommitActs _acts = new();

    internal SystemTransaction(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        Connection = connection;
        _transaction = transaction;
    }

    /// <summary>For COPY and batches; do not close it.</summary>
    public NpgsqlConnection Connection { get; }

    public Task<int> RunAsync(string sql, object? args, CancellationToken ct) => Connection.RunAsync(sql, args, _transaction, ct);

    public Task<IReadOnlyList<T>> ListAsync<T>(string sql, object? args, CancellationToken ct) => Connection.ListAsync<T>(sql, args, _transaction, ct);

    /// <returns>The only row, or null (default) when there is none.</returns>
    public Task<T?> FindAsync<T>(string sql, object? args, CancellationToken ct) => Connection.FindAsync<T>(sql, args, _transaction, ct);

    /// <inheritdoc cref="CommitActs.Before"/>
    public void BeforeCommit(Func<CancellationToken, Task> act) => _acts.Before(act);

    /// <inheritdoc cref="CommitActs.After"/>
    public void AfterCommit(Func<CancellationToken, Task> act) => _acts.After(act);

    public async Task CommitAsync(CancellationToken ct)
    {
        await _acts.RunBeforeAsync(ct);
        await _transaction.CommitAsync(ct);
        await _acts.RunAfterAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
