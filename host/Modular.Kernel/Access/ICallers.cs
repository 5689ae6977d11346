using Microsoft.AspNetCore.Http;

namespace Modular.Kernel.Access;

/// <summary>Says who calls. Served by tenancy; the host asks once for each request and checks the permissions of the endpoint.</summary>
public interface ICallers
{
    /// <summary>By API key (<c>Authorization: Bearer</c>), for REST; null when there is none or it is not valid.</summary>
    ValueTask<Caller?> FromApiKeyAsync(HttpContext context, CancellationToken ct);

    /// <summary>By the console's session, for pages; null when nobody is signed in.</summary>
    ValueTask<Caller?> FromSessionAsync(HttpContext context, CancellationToken ct);
}
