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

    public ValueTask<Result<Caller>> FromApiKeyAsync(HttpContext context, CancellationToken ct)
    {
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && Origin.MaySendSecrets(context)
            ? FromBearerAsync(header[Bearer.Length..].Trim(), context.Client.Address, ct)
            : ValueTask.FromResult<Result<Caller>>(new KeyNeeded());
    }

    public async ValueTask<Caller?> FromSessionAsync(HttpContext context, CancellationToken ct) =>
        await context.AuthenticateAsync(ConsoleCookie.Scheme) is { Succeeded: true } ? context.Features.Get<Caller>() : null;

    /// <summary>A tenant's key, or an operator's, which opens no other door than REST.</summary>
    private async ValueTask<Result<Caller>> FromBearerAsync(string secret, IPAddress? client, CancellationToken ct)
    {
        var ofTenant = await FromKeyAsync(secret, client, ct);
        return ofTenant.Fault is KeyNeeded && await operators.FindAsync(secret, client, ct) is { } caller ? caller : ofTenant;
    }

    /// <param name="client">Null for a socket of this machine.</param>
    /// <returns>That its tenant waits is said to a right key from a right address alone.</returns>
    public async ValueTask<Result<Caller>> FromKeyAsync(string secret, IPAddress? client, CancellationToken ct)
    {
        if (await keys.RecogniseAsync(secret, ct) is not { } key || await tenants.FindAsync(key.Tenant, ct) is not { } tenant) return new KeyNeeded();
        var caller = new Caller(tenant.Id, tenant.Slug, tenant.Name, key.Actor, key.Allowed);
        if (!await networks.AllowAsync(caller, key.Networks, client, ct)) return new KeyNeeded();
        return tenant.State switch { TenantState.Active => caller, TenantState.Suspended or TenantState.Deactivated => new TenantWaits(tenant.State), _ => new KeyNeeded() };
    }
}

/// <summary>The key is right, and its tenant is not at work.</summary>
internal sealed record TenantWaits(TenantState State) : Fault($"Your tenant is {(State is TenantState.Suspended ? "suspended" : "deactivated")}: its keys open nothing until whoever runs this installation resumes it.")
{
    public override int Status => 403;
}
