using System.Net;
using Modular.Tenancy.Policies;
using Modular.Tenancy.SignIn;

namespace Modular.Tenancy.Factors;

/// <summary>Whether a right password is enough. Asked at every door that takes passwords, so that none is weaker than another.</summary>
internal sealed class FactorGate(FactorBook book, PolicyBook policies, ITenants tenants, SystemDb db, TimeProvider time)
{
    private const string RoleOf = "select role from tenancy.membership where user_id = @UserId and tenant_id = @Tenant";

    private const string Memberships = "select tenant_id, role from tenancy.membership where user_id = @UserId order by created_at, tenant_id";

    private readonly Remembered<long, bool> _has = new(CallerFreshness.Age, most: 10_000, time);
    private readonly Remembered<(long UserId, TenantId Tenant), string?> _role = new(CallerFreshness.Age, most: 10_000, time);

    /// <param name="tenant">Where they want to; null for an operator who is in no tenant.</param>
    /// <param name="address">From where.</param>
    public async ValueTask<FactorNeed> NeedAsync(long userId, TenantId? tenant, IPAddress? address, CancellationToken ct)
    {
        var policy = await PolicyAsync(tenant, ct);
        if (await HasAsync(userId, ct)) return policy.Spares(address) ? FactorNeed.None : FactorNeed.Show;
        return await AsksAsync(policy, userId, tenant, address, ct) ? FactorNeed.Add : FactorNeed.None;
    }

    /// <summary>What a session that a password began owes now: the policy, the person's role or their network may have changed since. Who has added a factor unasked goes on working.</summary>
    public async ValueTask<FactorNeed> OwesAsync(long userId, TenantId? tenant, IPAddress? address, CancellationToken ct)
    {
        if (!await AsksAsync(await PolicyAsync(tenant, ct), userId, tenant, address, ct)) return FactorNeed.None;
        return await HasAsync(userId, ct) ? FactorNeed.Show : FactorNeed.Add;
    }

    /// <summary>A tenant of theirs that may ask for a factor, by its name; null when all of theirs may be removed.</summary>
    public async Task<string?> WhoAsksAsync(long userId, CancellationToken ct)
    {
        foreach (var (tenantId, role) in await db.ListAsync<Membership>(Memberships, new { UserId = userId }, ct))
        {
            if ((await policies.FindAsync(tenantId, ct)).Factors.MayAsk(role) && await tenants.FindAsync(tenantId, ct) is { } tenant) return tenant.Name;
        }
        return null;
    }

    /// <summary>This process has just changed somebody's factors.</summary>
    public void Forget(long userId) => _has.Forget(userId);

    private async ValueTask<FactorPolicy> PolicyAsync(TenantId? tenant, CancellationToken ct) => tenant is { } id ? (await policies.FindAsync(id, ct)).Factors : new FactorPolicy();

    private async ValueTask<bool> AsksAsync(FactorPolicy policy, long userId, TenantId? tenant, IPAddress? address, CancellationToken ct) =>
        policy.Asks(tenant is { } there && policy.Demand is FactorDemand.Roles ? await RoleAsync(userId, there, ct) : null, address);

    private async ValueTask<bool> HasAsync(long userId, CancellationToken ct)
    {
        if (_has.TryGet(userId, out var has)) return has;
        has = (await book.ListAsync(userId, ct)).Count > 0;
        _has.Keep(userId, has);
        return has;
    }

    private async ValueTask<string?> RoleAsync(long userId, TenantId tenant, CancellationToken ct)
    {
        if (_role.TryGet((userId, tenant), out var role)) return role;
        role = await db.FindAsync<string>(RoleOf, new { UserId = userId, Tenant = tenant }, ct);
        _role.Keep((userId, tenant), role);
        return role;
    }

    private sealed record Membership(TenantId TenantId, string Role);
}

internal enum FactorNeed
{
    /// <summary>The password is enough.</summary>
    None,

    /// <summary>They have a factor, and must show it.</summary>
    Show,

    /// <summary>They must have one, and have none yet.</summary>
    Add,
}
