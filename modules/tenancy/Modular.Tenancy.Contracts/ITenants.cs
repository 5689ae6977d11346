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
/// <param name="Reason">Why it is in this state, in an operator's words; null where there was nothing to say.</param>
/// <param name="Since">When it came into this state; null: when it was made.</param>
public sealed record Tenant(TenantId Id, string Slug, string Name, TenantState State, DateTimeOffset CreatedAt, string? Reason = null, DateTimeOffset? Since = null);

/// <summary>
/// Only an active tenant's mail, sign-ins and imports move. What recipients do and what comes back is recorded as long as there are keys, for it is theirs: an unsubscribe
/// counts whatever became of the sender.
/// </summary>
public enum TenantState
{
    Active,

    /// <summary>A pause: everything waits as it is, and goes on by itself when it is over.</summary>
    Suspended,

    /// <summary>The way to the end: campaigns are paused too, and only a person starts them again.</summary>
    Deactivated,

    /// <summary>Its keys are destroyed.</summary>
    Shredded,
}
