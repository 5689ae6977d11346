using System.Collections.Frozen;

namespace Modular.Tenancy.Tenants;

/// <summary>All tenants, in memory, read again when the last look is older than <see cref="Freshness"/>: what another process did is seen then.</summary>
internal sealed class TenantBook(SystemDb db, TimeProvider time) : ITenants, ITenantDirectory, IDisposable
{
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);

    /// <summary>Who is missing may have been made a moment ago by another process, and its key must open at once; strangers cannot make us read more often than this.</summary>
    private static readonly TimeSpan FreshnessOfAMiss = TimeSpan.FromMilliseconds(100);

    private const string ReadAll = """
        select tenant_id as id, slug, name, state, created_at, state_reason as reason, state_since as since
          from tenancy.tenant
         where state <> 'creating'   -- no one may meet a tenant whose room is not furnished
         order by slug
        """;

    private readonly SemaphoreSlim _reading = new(1);
    private volatile Edition? _edition;

    public async ValueTask<Tenant?> FindAsync(TenantId id, CancellationToken ct) =>
        (await LookAsync(Freshness, ct)).ById.GetValueOrDefault(id) ?? (await LookAsync(FreshnessOfAMiss, ct)).ById.GetValueOrDefault(id);

    public async ValueTask<Tenant?> FindAsync(string slug, CancellationToken ct) =>
        (await LookAsync(Freshness, ct)).BySlug.GetValueOrDefault(slug) ?? (await LookAsync(FreshnessOfAMiss, ct)).BySlug.GetValueOrDefault(slug);

    public async ValueTask<IReadOnlyList<Tenant>> ActiveAsync(CancellationToken ct) => (await LookAsync(Freshness, ct)).Active;

    async ValueTask<IReadOnlyList<TenantId>> ITenantDirectory.ActiveAsync(CancellationToken ct) => (await LookAsync(Freshness, ct)).ActiveIds;

    public async ValueTask<IReadOnlyList<TenantId>> KeptAsync(CancellationToken ct) => (await LookAsync(Freshness, ct)).KeptIds;

    public async ValueTask<IReadOnlyList<Tenant>> AllAsync(CancellationToken ct) => (await LookAsync(Freshness, ct)).All;

    /// <summary>The next question reads again: this process has just changed something.</summary>
    public void Forget() => _edition = null;

    public void Dispose() => _reading.Dispose();

    private async ValueTask<Edition> LookAsync(TimeSpan freshness, CancellationToken ct)
    {
        if (_edition is { } fresh && time.GetElapsedTime(fresh.ReadAt) < freshness) return fresh;
        await _reading.WaitAsync(ct);
        try
        {
            if (_edition is { } read && time.GetElapsedTime(read.ReadAt) < freshness) return read;
            var at = time.GetTimestamp();
            return _edition = new Edition(await db.ListAsync<Tenant>(ReadAll, null, ct), at);
        }
        finally
        {
            _reading.Release();
        }
    }

    private sealed class Edition(IReadOnlyList<Tenant> all, long readAt)
    {
        public long ReadAt => readAt;

        public IReadOnlyList<Tenant> All => all;

        public FrozenDictionary<TenantId, Tenant> ById { get; } = all.ToFrozenDictionary(t => t.Id);

        public FrozenDictionary<string, Tenant> BySlug { get; } = all.ToFrozenDictionary(t => t.Slug, StringComparer.Ordinal);

        public IReadOnlyList<Tenant> Active { get; } = [.. all.Where(t => t.State is TenantState.Active)];

        public IReadOnlyList<TenantId> KeptIds { get; } = [.. all.Where(t => t.State is not TenantState.Shredded).Select(t => t.Id)];

        public IReadOnlyList<TenantId> ActiveIds { get; } = [.. all.Where(t => t.State is TenantState.Active).Select(t => t.Id)];
    }
}
