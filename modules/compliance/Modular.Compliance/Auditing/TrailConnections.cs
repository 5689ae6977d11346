using Npgsql;

namespace Modular.Compliance.Auditing;

/// <summary>A session that reaches a trail's table: the tenant's own, or the system's.</summary>
internal sealed class TrailConnections(TenantDb tenants, SystemDb system)
{
    public ValueTask<NpgsqlConnection> OpenAsync(Trail trail, CancellationToken ct) =>
        trail.Tenant is { } tenant ? tenants.OpenAsync(tenant, ct) : system.OpenAsync(ct);
}
