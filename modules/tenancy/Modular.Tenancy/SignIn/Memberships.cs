using Modular.Tenancy.Users;

namespace Modular.Tenancy.SignIn;

/// <summary>What a person may do in a tenant now. Asked at each request, from memory; an answer is never older than <see cref="CallerFreshness.Age"/>.</summary>
internal sealed class Memberships(SystemDb db, ITenants tenants, Accounts accounts, TimeProvider time)
{
    private const string Find = """
        select u.user_id, u.name_sealed, u.security_stamp, m.role
          from tenancy.membership m
          join tenancy.user_account u using (user_id)
         where m.user_id = @UserId
           and m.tenant_id = @Tenant
        """;

    private readonly Remembered<(long UserId, TenantId Tenant), Member?> _known = new(CallerFreshness.Age, most: 10_000, time);

    /// <summary>The caller that this person is in this tenant; null when the tenant is not active, they are no member, or <paramref name="stamp"/> is no longer theirs.</summary>
    public async ValueTask<Caller?> CallerAsync(long userId, TenantId tenantId, string stamp, CancellationToken ct)
    {
        if (await tenants.FindAsync(tenantId, ct) is not { State: TenantState.Active } tenant) return null;
        if (!_known.TryGet((userId, tenantId), out var member))
        {
            var row = await db.FindAsync<Row>(Find, new { UserId = userId, Tenant = tenantId }, ct);
            member = row is null ? null : new Member("user:" + accounts.OpenName(row.UserId, row.NameSealed), row.SecurityStamp, Role.Find(row.Role)?.Permissions ?? new HashSet<string>());
            _known.Keep((userId, tenantId), member);
        }
        return member is null || member.Stamp != stamp ? null : new Caller(tenant.Id, tenant.Slug, tenant.Name, member.Actor, member.Permissions);
    }

    private sealed record Row(long UserId, byte[] NameSealed, string SecurityStamp, string Role);

    private sealed record Member(string Actor, string Stamp, IReadOnlySet<string> Permissions);
}
