using Microsoft.AspNetCore.Builder;

namespace Modular.Kernel.Web;

/// <summary>
/// Programs show credentials here with each request, as WebDAV clients do. From another machine the host lets such a request in by HTTPS alone, and never redirects it:
/// a client would send the password in clear first, and follow then (ASVS 4.1.2). REST needs no such mark.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class TakesCredentialsAttribute : Attribute;

/// <summary>A page for people who got mail: they have no session here, and come by whatever address the link in the mail has, plain HTTP too.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ForRecipientsAttribute : Attribute;

public static class SecretsOnEndpoint
{
    /// <inheritdoc cref="TakesCredentialsAttribute"/>
    public static TBuilder TakesCredentials<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(e => e.Metadata.Add(new TakesCredentialsAttribute()));
        return endpoint;
    }
}
