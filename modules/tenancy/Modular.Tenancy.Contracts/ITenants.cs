namespace Modular.Tenancy;

/// <summary>Who the tenants are. Answers come from memory and are at most a few seconds old.</summary>
public interface ITenants
{
    ValueTask<Tenant?> FindAsync(TenantId id, CancellationToken ct);

    /// <param name="slug">The tenant's word in paths, as in <c>/dav/acme/</c>.</param>
    ValueTask<Tenant?> FindAsync(string slug, CancellationToken ct);

    ValueTask<IReadOnlyList<Tenant>> ActiveAsync(CancellationToken ct);

    /// <summary>In whatever state they are.</summary>
    ValueTask<IReadOnlyList<Tenant>> AllAsync(CancellationToken ct);
}

/// <param name="Slug">Lower-case letters, digits and hyphens, 2 to 40; unique, never changed.</param>
/// <param name="Name">What people call it.</param>
public sealed record Tenant(TenantId Id, string Slug, string Name, TenantState State, DateTimeOffset CreatedAt);

/// <summary>Only an active tenant's mail, sign-ins and imports move.</summary>
public enum TenantState
{
    Active,
    Deactivated,
}
