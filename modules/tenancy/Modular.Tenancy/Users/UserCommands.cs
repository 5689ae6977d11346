using Modular.Kernel.Auditing;
using Modular.Tenancy.Quotas;
using Modular.Tenancy.Roles;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Users;

internal sealed class UserCreateCommand(SystemDb db, ITenants tenants, Accounts accounts, RoleBook roles, UserQuota quota, PasswordJudge judge, Deeds deeds) : ICommand
{
    public string Name => "user create";

    public string Usage => "ADDRESS --tenant SLUG [--role ROLE] [--password-stdin] [--json]";

    public string Summary => "Let a person sign in to a tenant's console, and show their password once";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional("tenant", "role") is not [var address]) return line.Refuse(this, "name one person by their address");
        if (!EmailAddress.TryParse(address, out var name, out var reason)) return line.Refuse(this, reason);
        if (line.Option("tenant") is not { Length: > 0 } slug) return line.Refuse(this, "say which tenant: --tenant acme");
        if (await tenants.FindAsync(slug, ct) is not { } tenant) return line.Fail(new UnknownTenant(slug));
        var roleName = line.Option("role") ?? Role.Marketer.Name;
        if (await roles.FindAsync(tenant.Id, roleName, ct) is not { } role) return line.Fail(new UnknownRole(roleName, await roles.ListAsync(tenant.Id, ct)));
        var password = line.Has("password-stdin") ? await Prompted.PasswordAsync(ct) : null;
        if (password is not null && await judge.FaultOfAsync(null, name, password, tenant.Id, ct) is { } weak) return line.Fail(weak);

        await using var tx = await db.BeginAsync(ct);
        if (await quota.CheckAsync(tx, tenant.Id, ct) is { } full) return line.Fail(full);
        var user = await accounts.EnsureAsync(tx, name, password, ct);
        if (!await accounts.JoinAsync(tx, user.UserId, tenant.Id, role, ct)) return line.Fail(new MemberAlready(slug));
        await tx.CommitAsync(ct);
        await deeds.RecordAsync(tenant.Id, new AuditEntry(Prompted.Actor, "user.added", $"user/{user.UserId}", role.Name), ct);

        if (line.Has("json")) line.WriteJson(new { address = name.Text, tenant = tenant.Slug, role = role.Name, password = user.NewPassword });
        else line.Out.WriteLine(user.NewPassword is null ? $"{name.Text} signs in to {tenant.Slug} with the password they have." : $"{name.Text} signs in to {tenant.Slug} with this password, shown once: {user.NewPassword}");
        return 0;
    }
}

internal sealed class UserSetPasswordCommand(Accounts accounts, PasswordJudge judge, Deeds deeds) : ICommand
{
    public string Name => "user set-password";

    public string Usage => "ADDRESS [--password-stdin] [--json]";

    public string Summary => "Give a person a new password, and end their sessions";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var address]) return line.Refuse(this, "name one person by their address");
        if (!EmailAddress.TryParse(address, out var name, out var reason)) return line.Refuse(this, reason);
        var given = line.Has("password-stdin") ? await Prompted.PasswordAsync(ct) : null;
        if (await accounts.FindAsync(name, ct) is not { } account) return line.Fail(new UnknownUser());
        if (given is not null && await judge.FaultOfAsync(account.UserId, name, given, null, ct) is { } weak) return line.Fail(weak);

        var password = given ?? PasswordRule.NewRandom();
        await accounts.SetPasswordAsync(account.UserId, password, ct);
        foreach (var tenant in await accounts.TenantsOfAsync(account.UserId, ct))
        {
            await deeds.RecordAsync(tenant, new AuditEntry(Prompted.Actor, "user.password-set", $"user/{account.UserId}"), ct);
        }
        if (line.Has("json")) line.WriteJson(new { address = name.Text, password = given is null ? password : null });
        else line.Out.WriteLine(given is null ? $"{name.Text} signs in with this password, shown once: {password}" : $"{name.Text} signs in with the new password.");
        return 0;
    }
}
