using Modular.Kernel.Auditing;

namespace Modular.Tenancy.Tenants;

/// <summary>Records what was done in the system's tables: in the trail of the tenant that it was done to, or in the installation's.</summary>
internal sealed class Deeds(TenantDb db, IAudit audit, IInstallationAudit installation)
{
    /// <param name="tenant">Null for what concerns no tenant.</param>
    public async Task RecordAsync(TenantId? tenant, AuditEntry entry, CancellationToken ct)
    {
        if (tenant is not { } id)
        {
            await installation.RecordAsync(entry, ct);
            return;
        }
        await using var tx = await db.BeginAsync(id, ct);
        await audit.AppendAsync(tx, entry, ct);
        await tx.CommitAsync(ct);
    }
}
