using Modular.Kernel.Auditing;

namespace Modular.Tenancy.Tenants;

/// <summary>Records in a tenant's audit trail what was done to it in the system's tables.</summary>
internal sealed class Deeds(TenantDb db, IAudit audit)
{
    public async Task RecordAsync(TenantId tenant, AuditEntry entry, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(tenant, ct);
        await audit.AppendAsync(tx, entry, ct);
        await tx.CommitAsync(ct);
    }
}
