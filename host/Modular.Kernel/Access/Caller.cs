using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Modular.Kernel.Access;

/// <summary>
/// Who asks, for which tenant, with which rights. Tenancy's sign-in (cookie, API key, Basic) puts it on the request; everyone else only reads it.
/// </summary>
/// <param name="Tenant">An operator outside any tenant has the default, which is no tenant's: nothing can be opened with it.</param>
/// <param name="Actor">For the audit: <c>user:ann@acme.example</c>, <c>operator:olga@host.example</c>, <c>key:import-job</c>, <c>cli:root</c>, <c>system</c>.</param>
/// <param name="Permissions">Names from <see cref="Access.Permissions"/>.</param>
public sealed record Caller(TenantId Tenant, string TenantSlug, string TenantName, string Actor, IReadOnlySet<string> Permissions)
{
    /// <summary>The person; null for keys, the command line and the suite itself.</summary>
    public long? UserId { get; init; }

    /// <summary>The console's session; null at every other door.</summary>
    public long? SessionId { get; init; }

    /// <summary>When this session last saw a fresh factor; null where there is no session.</summary>
    public DateTimeOffset? ProvenAt { get; init; }

    /// <summary>The last factor that this session has shown, such as <c>password</c> or <c>totp</c>; null where there is no session.</summary>
    public string? ProvenBy { get; init; }

    /// <summary>One who runs the installation: manages tenants, and sees no tenant's data unless that tenant lets them in.</summary>
    public bool IsOperator { get; init; }

    /// <summary>Set for an operator whom the tenant lets in, until when; the console shows it on every page.</summary>
    public DateTimeOffset? SupportUntil { get; init; }

    /// <summary>The console page that this person has to pass before any other, such as <c>/account/password</c>; null when the way is free.</summary>
    public string? Detour { get; init; }

    /// <summary>Which lists and sending domains they reach: all, unless their role says otherwise.</summary>
    public Limits Limits { get; init; } = Limits.None;

    /// <summary>The tenant whose trail the caller's deeds belong to; null for an operator outside any tenant, whose deeds are the installation's.</summary>
    public TenantId? OwnTenant => TenantSlug.Length > 0 ? Tenant : null;

    public bool May(string permission) => Permissions.Contains(permission);
}

public static class CallerOnRequest
{
    private static readonly object Key = new();

    extension(HttpContext context)
    {
        /// <summary>The caller; asking where none is signed in is a bug of the endpoint's mapping.</summary>
        public Caller Caller => context.FindCaller() ?? throw new InvalidOperationException("No caller is bound to this request.");

        public Caller? FindCaller() => context.Items.TryGetValue(Key, out var caller) ? (Caller?)caller : null;

        public void BindCaller(Caller caller) => context.Items[Key] = caller;
    }
}

/// <summary>
/// The caller must hold this permission. On endpoints and page models the host checks it, for REST and pages alike; on a page's handler method it guards
/// that handler alone, which routing does not know, so tenancy checks it there.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
public sealed class NeedsPermissionAttribute(string permission) : Attribute
{
    public string Permission { get; } = permission;
}

/// <summary>Everyone who is signed in may, whatever their role: their own account, the dashboard. Said aloud, because a page that says nothing is closed.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ForEveryoneSignedInAttribute : Attribute;

/// <summary>A page that is reachable while <see cref="Caller.Detour"/> stands: the one it leads to, and the way out.</summary>
/// <param name="own">The page's own path, for one that is open when the detour leads to it; null for one that is open on every detour.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OpenOnDetourAttribute(string? own = null) : Attribute
{
    public string? Own => own;

    public bool IsOpen(string detour) => own is null || own == detour;
}

public static class PermissionOnEndpoint
{
    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, string permission) where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(e => e.Metadata.Add(new NeedsPermissionAttribute(permission)));
        return endpoint;
    }
}
