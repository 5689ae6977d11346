namespace Modular.Kernel.Modules;

/// <summary>The tenants there are, for those below tenancy (host, outbox). Served by tenancy.</summary>
public interface ITenantDirectory
{
    /// <summary>Ids of all tenants that are active.</summary>
    ValueTask<IReadOnlyList<TenantId>> ActiveAsync(CancellationToken ct);

    /// <summary>Those too that do not work at the moment and whose data is there: what recipients do and what comes back is still recorded for them.</summary>
    ValueTask<IReadOnlyList<TenantId>> KeptAsync(CancellationToken ct) => ActiveAsync(ct);
}

/// <summary>Makes the physical room of a tenant: keys, login role, schema, tables. Served by the host, asked by tenancy.</summary>
public interface ITenantProvisioning
{
    /// <summary>Repeatable: what exists already is kept. The tenant's tables are at the newest migration when it returns.</summary>
    Task ProvisionAsync(TenantId tenant, CancellationToken ct);
}
