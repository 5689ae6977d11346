using Modular.Kernel.Auditing;
using Modular.Tenancy.Roles;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Factors;

/// <summary>Taking all factors from somebody who lost them. What one tenant's administrator does must not lower the wall of another tenant's, so people who work elsewhere too are out of their reach.</summary>
internal sealed class FactorReset(FactorBook book, FactorGate gate, Accounts accounts, Operators operators, RoleBook roles, FactorNotices notices, SystemDb db, Deeds deeds)
{
    private const string RoleOf = "select role from tenancy.membership where user_id = @UserId and tenant_id = @Tenant";

    /// <returns>Their address and how many factors they have; null when they are no member.</returns>
    public async Task<(string Address, int Count)?> FindMemberAsync(TenantId tenant, long userId, CancellationToken ct) =>
        (await accounts.TenantsOfAsync(userId, ct)).Contains(tenant) && await accounts.FindAsync(userId, ct) is { } account
            ? (accounts.OpenName(userId, account.NameSealed), (await book.ListAsync(userId, ct)).Count)
            : null;

    /// <returns>Why not; null when it is done.</returns>
    public async Task<Fault?> OfMemberAsync(Caller caller, long userId, CancellationToken ct)
    {
        var tenants = await accounts.TenantsOfAsync(userId, ct);
        if (!tenants.Contains(caller.Tenant)) return new NotFound("member");
        if (tenants.Count > 1 || await operators.IsOneAsync(userId, ct)) return new MemberElsewhere();
        var role = await db.FindAsync<string>(RoleOf, new { UserId = userId, caller.Tenant }, ct) is { } name ? await roles.FindAsync(caller.Tenant, name, ct) : null;
        if (role is null || role.Permissions.FirstOrDefault(p => !caller.May(p)) is not null) return new MemberMayMore();
        await ResetAsync(userId, tenants, caller.Actor, ct);
        return null;
    }

    /// <summary>Whoever they are; for the command line, whose user has the machine already.</summary>
    /// <returns>How many factors there were.</returns>
    public async Task<int> OfAnyoneAsync(long userId, string actor, CancellationToken ct) => await ResetAsync(userId, await accounts.TenantsOfAsync(userId, ct), actor, ct);

    private async Task<int> ResetAsync(long userId, IReadOnlyList<TenantId> tenants, string actor, CancellationToken ct)
    {
        var count = await book.ResetAsync(userId, ct);
        gate.Forget(userId);
        if (count > 0 && tenants.Count > 0 && await accounts.FindAsync(userId, ct) is { } account) await notices.TellAsync(tenants[0], accounts.OpenName(userId, account.NameSealed), "Reset", ct);
        foreach (var tenant in tenants) await deeds.RecordAsync(tenant, new AuditEntry(actor, "factors.reset", $"user/{userId}", $"{count} removed"), ct);
        return count;
    }
}

internal sealed class UserResetFactorsCommand(Accounts accounts, FactorReset reset) : ICommand
{
    public string Name => "user reset-factors";

    public string Usage => "ADDRESS";

    public string Summary => "Take a person's second factors and recovery codes, because they lost them; the password stays";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var address]) return line.Refuse(this, "name one person by their address");
        if (!EmailAddress.TryParse(address, out var name, out var reason)) return line.Refuse(this, reason);
        if (await accounts.FindAsync(name, ct) is not { } account) return line.Fail(new UnknownUser());
        var count = await reset.OfAnyoneAsync(account.UserId, Prompted.Actor, ct);
        line.Out.WriteLine(count == 0 ? $"{name.Text} had no second factor." : $"{name.Text} had {count}; they sign in with the password alone, and add a factor where a tenant asks for one.");
        return 0;
    }
}
