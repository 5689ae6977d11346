using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Modular.Kernel.Access;

/// <summary>
/// Who asks, for which tenant, with which rights. Tenancy's sign-in (cookie, API key, Basic) puts it on the request; everyone else only reads it.
/// </summary>
/// <param name="Actor">For the audit: <c>user:ann@acme.example</c>, <c>key:import-job</c>, <c>cli:root</c>, <c>system</c>.</param>
/// <param name="Permissions">Names from <see cref="Access.Permissions"/>.</param>
public sealed record Caller(TenantId Tenant, string TenantSlug, string TenantName, string Actor, IReadOnlySet<string> Permissions)
{
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

public static class PermissionOnEndpoint
{
    public static TBuilder Needs<TBuilder>(this TBuilder endpoint, string permission) where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(e => e.Metadata.Add(new NeedsPermissionAttribute(permission)));
        return endpoint;
    }
}
