using Microsoft.AspNetCore.Http;

namespace Modular.Kernel.Access;

/// <summary>Says who calls. Served by tenancy; the host asks once for each request and checks the permissions of the endpoint.</summary>
public interface ICallers
{
    /// <summary>By API key (<c>Authorization: Bearer</c>), for REST; <see cref="KeyNeeded"/> when there is none or it is not valid, another fault when a valid one opens nothing now.</summary>
    ValueTask<Result<Caller>> FromApiKeyAsync(HttpContext context, CancellationToken ct);

    /// <summary>By the console's session, for pages; null when nobody is signed in.</summary>
    ValueTask<Caller?> FromSessionAsync(HttpContext context, CancellationToken ct);
}

/// <summary>What is said to everyone who shows no valid key, whatever is wrong with it.</summary>
public sealed record KeyNeeded() : Fault("Send an API key that is valid: Authorization: Bearer KEY.")
{
    public override int Status => 401;
}
