using Modular.Kernel.Auditing;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Keys;

/// <summary>
/// Destroys a tenant's keys. What they sealed cannot be read again by anyone, here or in a backup from before: the key store is in no backup of the database. Its rows stay,
/// unreadable, until its schema is removed.
/// </summary>
internal sealed class Shredding(SystemDb db, TenantDb tenants, IKeyStore keys, TenantBook book, IInstallationAudit audit, TimeProvider time)
{
    private const string Shred = """
        update tenancy.tenant
           set state = 'shredded', state_since = case when state = 'shredded' then state_since else @Now end
         where tenant_id = @Tenant
           and state in ('deactivated', 'shredded')
        """;

    private const string EndRotation = """
        delete from tenancy.key_rotation where tenant_id = @Tenant;
        delete from tenancy.retired_key where tenant_id = @Tenant;
        """;

    /// <returns>Null when it is done.</returns>
    public async Task<Fault?> ShredAsync(string slug, string actor, CancellationToken ct)
    {
        if (await book.FindAsync(slug, ct) is not { } tenant) return new UnknownTenant(slug);
        if (tenant.State is TenantState.Shredded && !keys.Has(tenant.Id)) return new KeysGone(slug);
        // The state and the record first: a crash in between leaves keys that nobody uses, and the worker goes on.
        await using (var tx = await db.BeginAsync(ct))
        {
            if (await tx.RunAsync(Shred, new { Tenant = tenant.Id, Now = time.GetUtcNow() }, ct) == 0) return new NotDeactivated(slug);
            await tx.RunAsync(EndRotation, new { Tenant = tenant.Id }, ct);
            await audit.AppendAsync(tx, new AuditEntry(actor, "tenant.shredded", "tenant/" + tenant.Id, slug), ct);
            await tx.CommitAsync(ct);
        }
        book.Forget();
        await DestroyAsync(tenant.Id, ct);
        return null;
    }

    /// <summary>Destroys the keys of those who are shredded and still have some: a crash came in between, or someone put an old copy of the key store back.</summary>
    public async Task FinishAsync(CancellationToken ct)
    {
        foreach (var tenant in (await book.AllAsync(ct)).Where(t => t.State is TenantState.Shredded && keys.Has(t.Id))) await DestroyAsync(tenant.Id, ct);
    }

    private async Task DestroyAsync(TenantId tenant, CancellationToken ct)
    {
        keys.Shred(tenant);
        await tenants.ForgetAsync(tenant);
        await audit.RecordAsync(new AuditEntry("system", "data-key.destroyed", "tenant/" + tenant, "all versions, and what blind indexes are made from"), ct);
    }
}
