using System.Globalization;
using Modular.Kernel.Web;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.ApiKeys;

internal sealed class KeyCreateCommand(ITenants tenants, KeyRegister keys, Deeds deeds, TimeProvider time) : ICommand
{
    public string Name => "key create";

    public string Usage => "TENANT --name NAME [--permissions a,b] [--networks 192.0.2.0/24,…] [--expires-days N] [--json]";

    public string Summary => "Make an API key for a tenant, and show it once";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional("name", "permissions", "networks", "expires-days") is not [var slug]) return line.Refuse(this, "name one tenant");
        if (line.Option("name") is not { Length: > 0 } name) return line.Refuse(this, "say what uses the key: --name crm-import");
        if (await tenants.FindAsync(slug, ct) is not { } tenant) return line.Fail(new UnknownTenant(slug));
        var permissions = line.Option("permissions") is { } named
            ? named.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal)
            : Permissions.All;
        if (!NetworkList.TryParse(line.Option("networks"), out var networks, out var fault)) return line.Refuse(this, fault);
        var expiresAt = Expiry.After(line.Option("expires-days"), time.GetUtcNow());
        if (!expiresAt.IsOk) return line.Fail(expiresAt.Fault);

        var draft = new KeyDraft(name, permissions, networks, expiresAt.Value);
        var result = await keys.CreateAsync(tenant.Id, draft, Permissions.All, ct);
        if (!result.IsOk) return line.Fail(result.Fault);
        await deeds.RecordAsync(tenant.Id, KeyDeeds.Created(Prompted.Actor, draft), ct);
        if (line.Has("json")) line.WriteJson(new { name, apiKey = result.Value.Secret, expiresAt = expiresAt.Value });
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
            line.WriteJson(listed.Select(k => new
            {
                k.Name,
                k.Prefix,
                permissions = k.Permissions.Split(' '),
                networks = k.Networks.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                k.CreatedAt,
                k.ExpiresAt,
                k.LastUsedAt,
                old = k.OldPrefix is null ? null : new { prefix = k.OldPrefix, endsAt = k.OldEndsAt, lastUsedAt = k.OldLastUsedAt },
            }));
            return 0;
        }
        foreach (var key in listed)
        {
            line.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{key.Prefix}  {key.Name,-24}  last used {Day(key.LastUsedAt),-10}  {key.Permissions}"));
            if (key.OldPrefix is { } old) line.Out.WriteLine($"{old}  the secret before, good until {key.OldEndsAt:u}, last used {Day(key.OldLastUsedAt)}");
        }
        return 0;
    }

    private static string Day(DateTimeOffset? at) => at is { } used ? used.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "never";
}

internal sealed class KeyRotateCommand(ITenants tenants, KeyRegister keys, Deeds deeds) : ICommand
{
    public string Name => "key rotate";

    public string Usage => "TENANT NAME|PREFIX [--overlap-hours N] [--json]";

    public string Summary => "Give an API key another secret, and show it once; the one before stays good for 24 hours or N";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional("overlap-hours") is not [var slug, var text]) return line.Refuse(this, "name one tenant and one key");
        if (await tenants.FindAsync(slug, ct) is not { } tenant) return line.Fail(new UnknownTenant(slug));
        if (Overlap.Read(line.Option("overlap-hours")) is not { } overlap) return line.Fail(new BadOverlap());
        var result = await keys.RotateAsync(tenant.Id, text, overlap, ct);
        if (!result.IsOk) return line.Fail(result.Fault);
        await deeds.RecordAsync(tenant.Id, KeyDeeds.Rotated(Prompted.Actor, result.Value), ct);
        if (line.Has("json")) line.WriteJson(new { result.Value.Name, apiKey = result.Value.Secret, oldEndsAt = result.Value.OldEndsAt });
        else line.Out.WriteLine(result.Value.Secret);
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
        await deeds.RecordAsync(tenant.Id, KeyDeeds.Revoked(Prompted.Actor, name), ct);
        line.Out.WriteLine($"{name} is no longer in force.");
        return 0;
    }
}
