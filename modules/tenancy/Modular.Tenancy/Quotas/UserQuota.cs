using Modular.Web.Kit;

namespace Modular.Tenancy.Quotas;

/// <summary>Whether one more person finds room in a tenant.</summary>
internal sealed class UserQuota(QuotaBook quotas)
{
    /// <summary>Who lets somebody in waits for others who do, so that together they stay below the limit.</summary>
    private const string Turn = "select tenant_id from tenancy.tenant where tenant_id = @Tenant for no key update";

    private const string Count = "select count(*) from tenancy.membership where tenant_id = @Tenant";

    /// <summary>To be asked in the transaction that makes the membership.</summary>
    public async Task<Fault?> CheckAsync(SystemTransaction tx, TenantId tenant, CancellationToken ct)
    {
        if ((await quotas.FindAsync(tenant, ct)).Users is not { } most) return null;
        await tx.FindAsync<long>(Turn, new { Tenant = tenant }, ct);
        var count = await tx.FindAsync<long>(Count, new { Tenant = tenant }, ct);
        return count >= most ? new QuotaReached("users", Show.Count(most), Show.Count(count)) : null;
    }
}
