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
        var contacts = meters.FirstOrDefault(m => m.Kind is QuotaKind.Contacts) is { } meter ? await meter.CountAsync(tenant.Id, ct) : 0;
        return
        [
            new(QuotaKind.Contacts, contacts, quota.Contacts),
            new(QuotaKind.MailsPerDay, quota.MailsPerDay is null ? null : await quotas.MailsTodayAsync(tenant.Id, ct), quota.MailsPerDay),
            new(QuotaKind.StorageBytes, await db.FindAsync<long>(tenant.Id, Storage, null, ct), quota.StorageBytes),
            new(QuotaKind.Users, await system.FindAsync<long>(Users, new { Tenant = tenant.Id }, ct), quota.Users),
        ];
    }
}

/// <param name="Used">Null where nobody counts, because there is no limit.</param>
/// <param name="Limit">Null: none.</param>
internal sealed record UsedUp(QuotaKind Kind, long? Used, long? Limit);
