namespace Modular.Tenancy.Quotas;

/// <summary>What a tenant takes up, beside what it may. Figures alone: an operator who sees them has seen nobody's data.</summary>
internal sealed class QuotaUse(TenantDb db, SystemDb system, QuotaBook quotas, IEnumerable<IQuotaMeter> meters)
{
    /// <summary>Of the whole schema, indexes and overlong values included.</summary>
    private const string Storage = """
        select coalesce(sum(pg_total_relation_size(oid)), 0)::bigint from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'm')
        """;

    private const string Users = "select count(*) from tenancy.membership where tenant_id = @Tenant";

    /// <returns>In the order of <see cref="QuotaKind"/>; empty for a tenant whose keys are destroyed, for nobody gets into its room any more.</returns>
    public async Task<IReadOnlyList<UsedUp>> FindAsync(Tenant tenant, CancellationToken ct)
    {
        if (tenant.State is TenantState.Shredded) return [];
        var quota = await quotas.FindAsync(tenant.Id, ct);
        return
        [
            new(QuotaKind.Contacts, await CountAsync(QuotaKind.Contacts, tenant.Id, ct), quota.Contacts),
            new(QuotaKind.MailsPerDay, quota.MailsPerDay is null ? null : await quotas.MailsTodayAsync(tenant.Id, ct), quota.MailsPerDay),
            new(QuotaKind.StorageBytes, await db.FindAsync<long>(tenant.Id, Storage, null, ct) + await CountAsync(QuotaKind.StorageBytes, tenant.Id, ct), quota.StorageBytes),
            new(QuotaKind.Users, await system.FindAsync<long>(Users, new { Tenant = tenant.Id }, ct), quota.Users),
        ];
    }

    private async Task<long> CountAsync(QuotaKind kind, TenantId tenant, CancellationToken ct)
    {
        var sum = 0L;
        foreach (var meter in meters.Where(m => m.Kind == kind)) sum += await meter.CountAsync(tenant, ct);
        return sum;
    }
}

/// <param name="Used">Null where nobody counts, because there is no limit.</param>
/// <param name="Limit">Null: none.</param>
internal sealed record UsedUp(QuotaKind Kind, long? Used, long? Limit);
