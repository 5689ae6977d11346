using Npgsql;

namespace Modular.Kernel.Data;

/// <summary>One transaction of one tenant. Not thread-safe; keep network calls out of it.</summary>
public sealed class TenantTransaction : IAsyncDisposable
{
    private readonly NpgsqlTransaction _transaction;
    private readonly IOutbox _outbox;
    private readonly CommitActs _acts = new();
    private bool _hasTold;

    internal TenantTransaction(TenantId tenant, NpgsqlConnection connection, NpgsqlTransaction transaction, IOutbox outbox)
    {
        Tenant = tenant;
        Connection = connection;
        _transaction = transaction;
        _outbox = outbox;
    }

    public TenantId Tenant { get; }

    /// <summary>For COPY and batches; do not close it.</summary>
    public NpgsqlConnection Connection { get; }

    public Task<int> RunAsync(string sql, object? args, CancellationToken ct) => Connection.RunAsync(sql, args, _transaction, ct);

    public Task<IReadOnlyList<T>> ListAsync<T>(string sql, object? args, CancellationToken ct) => Connection.ListAsync<T>(sql, args, _transaction, ct);

    /// <returns>The only row, or null (default) when there is none.</returns>
    public Task<T?> FindAsync<T>(string sql, object? args, CancellationToken ct) => Connection.FindAsync<T>(sql, args, _transaction, ct);

    /// <summary>
    /// Ids for rows to come, from the tenant's one sequence. It starts at a random place, so that an id of one tenant finds nothing in another, and
    /// stays below 2^53, so that a browser can count with it.
    /// </summary>
    public async Task<IReadOnlyList<long>> NextIdsAsync(int count, CancellationToken ct) =>
        await ListAsync<long>("select nextval('id_seq') from generate_series(1, @count)", new { count }, ct);

    /// <summary>Binary COPY of <paramref name="rows"/>; <paramref name="write"/> writes one row's values in the order of the columns named in <paramref name="copy"/>.</summary>
    /// <param name="copy">As in <c>copy contact (contact_id, profile) from stdin (format binary)</c>.</param>
    public async Task CopyAsync<T>(string copy, IEnumerable<T> rows, Action<NpgsqlBinaryImporter, T> write, CancellationToken ct)
    {
        await using var importer = await Connection.BeginBinaryImportAsync(copy, ct);
        foreach (var row in rows)
        {
            await importer.StartRowAsync(ct);
            write(importer, row);
        }
        await importer.CompleteAsync(ct);
    }

    /// <summary>Tells <paramref name="e"/> to everyone who hears it, if and only if this transaction commits.</summary>
    public Task TellAsync(IEvent e, CancellationToken ct) => TellAsync([e], ct);

    /// <inheritdoc cref="TellAsync(IEvent, CancellationToken)"/>
    public async Task TellAsync(IReadOnlyCollection<IEvent> events, CancellationToken ct)
    {
        if (events.Count == 0) return;
        await _outbox.TellAsync(this, events, ct);
        _hasTold = true;
    }

    /// <inheritdoc cref="CommitActs.Before"/>
    public void BeforeCommit(Func<CancellationToken, Task> act) => _acts.Before(act);

    /// <inheritdoc cref="CommitActs.After"/>
    public void AfterCommit(Func<CancellationToken, Task> act) => _acts.After(act);

    public async Task CommitAsync(CancellationToken ct)
    {
        await _acts.RunBeforeAsync(ct);
        await _transaction.CommitAsync(ct);
        if (_hasTold) _outbox.Wake(Tenant);
        await _acts.RunAfterAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
