using Microsoft.AspNetCore.Http;

namespace Modular.Tenancy;

/// <summary>Checks credentials at doors that are not the console or REST: drop folders now, submission later.</summary>
public interface ICredentials
{
    /// <summary>
    /// Reads HTTP Basic from the request and says who calls <paramref name="tenantSlug"/>; null when the credentials are absent or wrong, or when they
    /// came in clear from another machine. The user is the sign-in name with its password, or <c>key</c> with an API key as the password.
    /// </summary>
    ValueTask<Caller?> FromBasicAsync(HttpContext context, string tenantSlug, CancellationToken ct);
}
