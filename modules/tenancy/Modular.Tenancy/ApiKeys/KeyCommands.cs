using System.Globalization;
using Modular.Kernel.Auditing;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.ApiKeys;

internal sealed class KeyCreateCommand(ITenants tenants, KeyRegister keys, Deeds deeds, TimeProvider time) : ICommand
{
    public string Name => "key create";

    public string Usage => "TENANT --name NAME [--permissions a,b] [--expires-days N] [--json]";

    public string Summary => "Make an API key for a tenant, and show it once";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional("name", "permissions", "expires-days") is not [var slug]) return line.Refuse(this, "name one tenant");
        if (line.Option("name") is not { Length: > 0 } name) return line.Refuse(this, "say what uses the key: --name crm-import");
        if (await tenants.FindAsync(slug, ct) is not { } tenant) return line.Fail(new UnknownTenant(slug));
        var permissions = line.Option("permissions") is { } named
            ? named.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal)
            : Permissions.All;
        DateTimeOffset? expiresAt = null;
        if (line.Option("expires-days") is { } days)
        {
            if (!int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is 0 or > 3650) return line.Refuse(this, "--expires-days takes 1 to 3650");
            expiresAt = time.GetUtcNow().AddDays(count);
        }

        var result = await keys.CreateAsync(tenant.Id, name, permissions, Permissions.All, expiresAt, ct);
        if (!result.IsOk) return line.Fail(result.Fault);
        await deeds.RecordAsync(tenant.Id, new AuditEntry(Prompted.Actor, "key.created", "key/" + name, string.Join(' ', permissions.Order(StringComparer.Ordinal))), ct);
        if (line.Has("json")) line.WriteJson(new { name, apiKey = result.Value.Secret, expiresAt });
        else line.Out.WriteLine(result.Value.Secret);
        return 0;
    }
}

internal sealed class KeyListCommand(ITenants tenants, KeyRegister keys) : ICommand
{
    public string Name => "key list";

    public string Usage => "TENANT [--json]";

    public string Summary => "List a tenant's API keys";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var slug]) return line.Refuse(this, "name one tenant");
        if (await tenants.FindAsync(slug, ct) is not { } tenant) return line.Fail(new UnknownTenant(slug));
        var listed = await keys.ListAsync(tenant.Id, ct);
        if (line.Has("json"))
        {
            line.WriteJson(listed.Select(k => new { k.Name, k.Prefix, permissions = k.Permissions.Split(' '), k.CreatedAt, k.ExpiresAt, k.LastUsedAt }));
            return 0;
        }
        foreach (var key in listed)
        {
            var used = key.LastUsedAt is { } at ? at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "never";
            line.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{key.Prefix}  {key.Name,-24}  last used {used,-10}  {key.Permissions}"));
        }
        return 0;
    }
}

internal sealed class KeyRevokeCommand(ITenants tenants, KeyRegister keys, Deeds deeds) : ICommand
{
    public string Name => "key revoke";

    public string Usage => "TENANT NAME|PREFIX";

    public string Summary => "Take an API key out of force; what uses it is refused within seconds";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var slug, var text]) return line.Refuse(this, "name one tenant and one key");
        if (await tenants.FindAsync(slug, ct) is not { } tenant) return line.Fail(new UnknownTenant(slug));
        if (await keys.RevokeAsync(tenant.Id, text, ct) is not { } name) return line.Fail(new NotFound("key in force"));
        await deeds.RecordAsync(tenant.Id, new AuditEntry(Prompted.Actor, "key.revoked", "key/" + name), ct);
        line.Out.WriteLine($"{name} is no longer in force.");
        return 0;
    }
}
