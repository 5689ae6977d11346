using System.Collections.Frozen;
using System.Net;
using Modular.Kernel.Auditing;
using Modular.Kernel.Web;
using Modular.Tenancy.SignIn;

namespace Modular.Tenancy.Networks;

/// <summary>
/// From where a tenant lets people and programs in. Every door asks at every request, from memory no older than <see cref="CallerFreshness.Age"/>; what is turned away
/// is noted for the audit here.
/// </summary>
internal sealed class NetworkRules(SystemDb db, IRefusalLog refusals, TimeProvider time)
{
    private const string Find = "select user_id, networks from tenancy.network_rule where tenant_id = @Tenant";

    private const string Save = """
        insert into tenancy.network_rule (tenant_id, user_id, networks, changed_at)
        select @Tenant, @UserId::bigint, @Networks, @Now
         where @UserId::bigint is null
            or exists (select from tenancy.membership where tenant_id = @Tenant and user_id = @UserId)
        on conflict (tenant_id, user_id) do update set networks = excluded.networks, changed_at = excluded.changed_at
        """;

    private const string Remove = "delete from tenancy.network_rule where tenant_id = @Tenant and user_id is not distinct from @UserId::bigint";

    private readonly Remembered<TenantId, TenantNetworks> _known = new(CallerFreshness.Age, most: 10_000, time);

    public async ValueTask<TenantNetworks> FindAsync(TenantId tenant, CancellationToken ct)
    {
        if (_known.TryGet(tenant, out var rules)) return rules;
        var rows = await db.ListAsync<Row>(Find, new { Tenant = tenant }, ct);
        rules = new TenantNetworks(
            NetworkList.Parse(rows.FirstOrDefault(r => r.UserId is null)?.Networks ?? ""),
            rows.Where(r => r.UserId is not null).ToFrozenDictionary(r => r.UserId!.Value /* filtered in this line */, r => NetworkList.Parse(r.Networks)));
        _known.Keep(tenant, rules);
        return rules;
    }

    /// <param name="own">What the key or credential itself allows; <see cref="NetworkList.None"/> for people.</param>
    /// <param name="client">Null for a socket of this machine.</param>
    public async ValueTask<bool> AllowAsync(Caller caller, NetworkList own, IPAddress? client, CancellationToken ct, AuditOrigin? from = null)
    {
        var rules = await FindAsync(caller.Tenant, ct);
        if (rules.Allow(caller.UserId, own, client)) return true;
        refusals.Refused(caller.Tenant, caller.Actor, "access.refused", "network", "the address is in none of the networks that are allowed", from);
        return false;
    }

    /// <param name="userId">Null sets what holds for everyone, programs too.</param>
    /// <param name="networks">Empty lets in from anywhere.</param>
    /// <returns>False when the tenant has no such user.</returns>
    public async Task<bool> SetAsync(TenantId tenant, long? userId, NetworkList networks, CancellationToken ct)
    {
        var args = new { Tenant = tenant, UserId = userId, Networks = networks.ToString(), Now = time.GetUtcNow() };
        var changed = await db.RunAsync(networks.IsEmpty ? Remove : Save, args, ct);
        _known.Forget(tenant);
        return networks.IsEmpty || changed == 1;
    }

    private sealed record Row(long? UserId, string Networks);
}

/// <summary>One tenant's rules. An empty list lets in from anywhere.</summary>
internal sealed record TenantNetworks(NetworkList Everyone, IReadOnlyDictionary<long, NetworkList> OfUser)
{
    /// <inheritdoc cref="NetworkRules.AllowAsync"/>
    public bool Allow(long? userId, NetworkList own, IPAddress? client)
    {
        var address = client ?? IPAddress.Loopback;
        return Everyone.Admits(address) && own.Admits(address) && (userId is not { } id || OfUser.GetValueOrDefault(id, NetworkList.None).Admits(address));
    }
}
