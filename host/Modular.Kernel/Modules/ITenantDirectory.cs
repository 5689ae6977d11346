namespace Modular.Kernel.Modules;

/// <summary>The tenants there are, for those below tenancy (host, outbox). Served by tenancy.</summary>
public interface ITenantDirectory
{
    /// <summary>Ids of all tenants that are active.</summary>
    ValueTask<IReadOnlyList<TenantId>> ActiveAsync(CancellationToken ct);
}

/// <summary>Makes the physical room of a tenant: keys, login role, schema, tables. Served by the host, asked by tenancy.</summary>
public interface ITenantProvisioning
{
    /// <summary>Repeatable: what exists already is kept. The tenant's tables are at the newest migration when it returns.</summary>
    Task ProvisionAsync(TenantId tenant, CancellationToken ct);
}
