using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Modular.Kernel.Web;
using Modular.Tenancy.ApiKeys;
using Modular.Tenancy.Networks;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.SignIn;

/// <summary>Who calls: by API key on REST (Bearer, RFC 6750), by session on pages. A cookie is no key, so no other site can make a browser call REST.</summary>
internal sealed class Callers(KeyRegister keys, OperatorKeys operators, ITenants tenants, NetworkRules networks) : ICallers
{
    private const string Bearer = "Bearer ";

    public ValueTask<Caller?> FromApiKeyAsync(HttpContext context, CancellationToken ct)
    {
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && Origin.MaySendSecrets(context)
            ? FromBearerAsync(header[Bearer.Length..].Trim(), context.Client.Address, ct)
            : ValueTask.FromResult<Caller?>(null);
    }

    public async ValueTask<Caller?> FromSessionAsync(HttpContext context, CancellationToken ct) =>
        await context.AuthenticateAsync(ConsoleCookie.Scheme) is { Succeeded: true } ? context.Features.Get<Caller>() : null;

    /// <summary>A tenant's key, or an operator's, which opens no other door than REST.</summary>
    private async ValueTask<Caller?> FromBearerAsync(string secret, IPAddress? client, CancellationToken ct) => await FromKeyAsync(secret, client, ct) ?? await operators.FindAsync(secret, ct);

    /// <param name="client">Null for a socket of this machine.</param>
    /// <returns>Null when the key is not in force or not for this address, or its tenant is not active.</returns>
    public async ValueTask<Caller?> FromKeyAsync(string secret, IPAddress? client, CancellationToken ct)
    {
        if (await keys.RecogniseAsync(secret, ct) is not { } key || await tenants.FindAsync(key.Tenant, ct) is not { State: TenantState.Active } tenant) return null;
        var caller = new Caller(tenant.Id, tenant.Slug, tenant.Name, key.Actor, key.Allowed);
        return await networks.AllowAsync(caller, key.Networks, client, ct) ? caller : null;
    }
}
