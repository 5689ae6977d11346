using Modular.Contacts.DropFolder;
using Modular.Tenancy;
using Modular.Web.Kit;

namespace Modular.Contacts;

/// <summary>Whether a tenant may have more contacts.</summary>
internal sealed class ContactQuota(TenantDb db, IQuotas quotas, StorageUse use) : IQuotaMeter
{
    /// <summary>Who adds waits for others who add, so that together they stay below the limit. Let go of with the transaction.</summary>
    private const string Turn = "select pg_advisory_xact_lock(hashtextextended('contacts of ' || current_schema(), 0))";

    private const string Count = "select count(*) from contact";

    public QuotaKind Kind => QuotaKind.Contacts;

    public Task<long> CountAsync(TenantId tenant, CancellationToken ct) => db.FindAsync<long>(tenant, Count, null, ct);

    /// <summary>To be asked in the transaction that adds. A tenant without a limit pays nothing for it.</summary>
    /// <returns>Null when <paramref name="more"/> contacts find room.</returns>
    public async Task<Fault?> CheckAsync(TenantTransaction tx, int more, CancellationToken ct)
    {
        if (more == 0) return null;
        var quota = await quotas.FindAsync(tx.Tenant, ct);
        if (quota is { Contacts: null, StorageBytes: null }) return null;
        await tx.RunAsync(Turn, null, ct);
        if (quota.Contacts is { } most && await tx.FindAsync<long>(Count, null, ct) is var count && count + more > most) return new QuotaReached("contacts", Show.Count(most), Show.Count(count));
        if (quota.StorageBytes is { } bytes && await use.FindAsync(tx, ct) is var stored && stored >= bytes) return new QuotaReached("of storage", Show.Size(bytes), Show.Size(stored));
        return null;
    }
}
