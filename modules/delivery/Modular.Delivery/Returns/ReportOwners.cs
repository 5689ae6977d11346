namespace Modular.Delivery.Returns;

/// <summary>Which tenants send from a domain that a report is about. Read from all tenants at most once a minute, however many reports come.</summary>
internal sealed class ReportOwners(TenantDb db, ITenantDirectory tenants, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan FreshAge = TimeSpan.FromMinutes(1);

    private const string Domains = "select domain from sending_domain";

    private readonly SemaphoreSlim _reading = new(1, 1);
    private IReadOnlyList<(string Domain, TenantId Tenant)> _owned = [];
    private DateTimeOffset _readAt = DateTimeOffset.MinValue;

    /// <summary>Also when the policy stands at the domain above theirs, as it may (RFC 9989 §4.10).</summary>
    public async Task<IReadOnlyList<TenantId>> FindAsync(string domain, CancellationToken ct)
    {
        await _reading.WaitAsync(ct);
        try
        {
            if (time.GetUtcNow() - _readAt > FreshAge)
            {
                var owned = new List<(string, TenantId)>();
                foreach (var tenant in await tenants.ActiveAsync(ct))
                    owned.AddRange((await db.ListAsync<string>(tenant, Domains, null, ct)).Select(d => (d, tenant)));
                (_owned, _readAt) = (owned, time.GetUtcNow());
            }
            return [.. _owned.Where(o => IsAbout(domain, o.Domain)).Select(o => o.Tenant).Distinct()];
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    private static bool IsAbout(string reported, string owned) =>
        owned.Equals(reported, StringComparison.OrdinalIgnoreCase) || (reported.Contains('.', StringComparison.Ordinal) && owned.EndsWith("." + reported, StringComparison.OrdinalIgnoreCase));
}
