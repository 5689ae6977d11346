using System.Net;
using Modular.Kernel.Auditing;
using Modular.Kernel.Web;
using Modular.Tenancy.ApiKeys;
using Modular.Tenancy.Credentials;
using Modular.Tenancy.SmtpCredentials;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Networks;

/// <summary>Changes from where a tenant, a person, a key or a credential is let in: never so that the author is left outside, and always on record.</summary>
internal sealed class NetworkChanges(NetworkRules rules, KeyRegister keys, SmtpRegister credentials, Deeds deeds)
{
    /// <summary>For everyone in the tenant, people and programs.</summary>
    public Task<Fault?> ForTenantAsync(RuleAuthor author, TenantId tenant, string? networks, CancellationToken ct) => SetAsync(author, tenant, null, networks, ct);

    /// <summary>For one person in this tenant.</summary>
    public Task<Fault?> ForUserAsync(RuleAuthor author, TenantId tenant, long userId, string? networks, CancellationToken ct) => SetAsync(author, tenant, userId, networks, ct);

    /// <param name="text">The key's name or its prefix.</param>
    public async Task<Fault?> ForKeyAsync(RuleAuthor author, TenantId tenant, string text, string? networks, CancellationToken ct)
    {
        if (!NetworkList.TryParse(networks, out var list, out var fault)) return new BadNetworks(fault);
        if (await keys.FindAsync(tenant, text, ct) is not { } key) return new NotFound("key in force");
        if (author.Actor == KnownKey.ActorOf(key.Name) && author.LeftOutBy(list) is { } address) return new LocksYouOut(address);
        if (await WiderAsync(author, tenant, list, ct) is { } wider) return wider;
        await keys.SetNetworksAsync(key.Id, list, ct);
        await RecordAsync(author, tenant, "key/" + key.Name, key.Networks, list, ct);
        return null;
    }

    public async Task<Fault?> ForCredentialAsync(RuleAuthor author, TenantId tenant, string name, string? networks, CancellationToken ct)
    {
        if (!NetworkList.TryParse(networks, out var list, out var fault)) return new BadNetworks(fault);
        if (await credentials.FindAsync(tenant, name, ct) is not { } credential) return new NotFound("credential in force");
        if (await WiderAsync(author, tenant, list, ct) is { } wider) return wider;
        await credentials.SetNetworksAsync(credential.Id, list, ct);
        await RecordAsync(author, tenant, "smtp/" + credential.Name, credential.Networks, list, ct);
        return null;
    }

    /// <summary>A key that is taken from some networks alone gives no other one more.</summary>
    private async Task<Fault?> WiderAsync(RuleAuthor author, TenantId tenant, NetworkList list, CancellationToken ct) =>
        (await keys.ListAsync(tenant, ct)).FirstOrDefault(k => KnownKey.ActorOf(k.Name) == author.Actor) is { } own && NetworkList.Parse(own.Networks) is var yours && !yours.Covers(list) ? new WiderThanYours(yours) : null;

    private async Task<Fault?> SetAsync(RuleAuthor author, TenantId tenant, long? userId, string? networks, CancellationToken ct)
    {
        if (!NetworkList.TryParse(networks, out var list, out var fault)) return new BadNetworks(fault);
        if ((userId is null || userId == author.UserId) && author.LeftOutBy(list) is { } address) return new LocksYouOut(address);
        var old = await rules.FindAsync(tenant, ct);
        if (!await rules.SetAsync(tenant, userId, list, ct)) return new NotFound("user");
        var before = userId is { } id ? old.OfUser.GetValueOrDefault(id, NetworkList.None) : old.Everyone;
        await RecordAsync(author, tenant, userId is null ? "tenant/" + tenant : "user/" + userId, before.ToString(), list, ct);
        return null;
    }

    private Task RecordAsync(RuleAuthor author, TenantId tenant, string subject, string before, NetworkList after, CancellationToken ct) =>
        deeds.RecordAsync(tenant, new AuditEntry(author.Actor, "network-rule.changed", subject) { Before = Show(before), After = Show(after.ToString()) }, ct);

    private static string Show(string networks) => networks.Length is 0 ? "anywhere" : networks;
}

/// <summary>Who changes a rule.</summary>
/// <param name="Address">Where they are now; null for the command line, which no rule can lock out.</param>
internal sealed record RuleAuthor(string Actor, long? UserId, IPAddress? Address)
{
    public static RuleAuthor Of(Microsoft.AspNetCore.Http.HttpContext context) => new(context.Caller.Actor, context.Caller.UserId, context.Client.Address ?? IPAddress.Loopback);

    /// <returns>Their address, when these networks do not let it in.</returns>
    public IPAddress? LeftOutBy(NetworkList networks) => Address is { } address && !networks.Admits(address) ? address : null;
}
