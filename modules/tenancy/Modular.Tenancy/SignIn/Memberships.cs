using System.Collections.Frozen;
using Modular.Tenancy.Roles;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.SignIn;

/// <summary>What a person may do in a tenant now. Asked at each request, from memory; an answer is never older than <see cref="CallerFreshness.Age"/>.</summary>
internal sealed class Memberships(SystemDb db, ITenants tenants, Accounts accounts, TimeProvider time)
{
    private const string Find = """
        select u.user_id, u.name_sealed, u.security_stamp, u.password_set_at, m.role, r.permissions as stored, r.lists as stored_lists, r.sending_domains as stored_domains,
               g.role as support_role, lent.permissions as support_stored, lent.lists as support_lists, lent.sending_domains as support_domains,
               g.expires_at as support_until, o.user_id is not null as is_operator,
               exists (select from tenancy.agreement a
                        where a.version = (select max(version) from tenancy.agreement)
                          and not exists (select from tenancy.agreement_acceptance p where p.user_id = u.user_id and p.version = a.version)) as owes_agreement
          from tenancy.user_account u
          left join tenancy.membership m on m.user_id = u.user_id and m.tenant_id = @Tenant
          left join tenancy.role r on r.tenant_id = m.tenant_id and r.name = m.role
          left join tenancy.operator o on o.user_id = u.user_id
          left join lateral (select role, expires_at from tenancy.support_grant
                              where o.user_id is not null and m.user_id is null   -- an operator who is no member, by the tenant's leave
                                and tenant_id = @Tenant and revoked_at is null and expires_at > @Now
                              order by expires_at desc limit 1) g on true
          left join tenancy.role lent on lent.tenant_id = @Tenant and lent.name = g.role
         where u.user_id = @UserId
        """;

    private static readonly FrozenSet<string> OfOperator = FrozenSet.Create(StringComparer.Ordinal, Permissions.InstallationManage);

    private static readonly FrozenSet<string> Nothing = FrozenSet<string>.Empty;

    private readonly Remembered<(long UserId, TenantId? Tenant), Member?> _known = new(CallerFreshness.Age, most: 10_000, time);

    private readonly Remembered<long, IReadOnlyList<TenantId>> _tenants = new(CallerFreshness.Age, most: 10_000, time);

    /// <summary>The caller that this person is in this tenant; null when the tenant is not active, they are no member, or <paramref name="stamp"/> is no longer theirs.</summary>
    /// <param name="tenantId">Null for an operator who is in no tenant; only the console takes them so.</param>
    public async ValueTask<Caller?> CallerAsync(long userId, TenantId? tenantId, string stamp, CancellationToken ct) =>
        await SeatAsync(userId, tenantId, stamp, ct) is { Caller: { SupportUntil: null } caller } ? caller : null;

    /// <summary>As <see cref="CallerAsync"/>, for the console: with what it asks of the person before they work on, and for operators whom the tenant lets in.</summary>
    public async ValueTask<Seat?> SeatAsync(long userId, TenantId? tenantId, string stamp, CancellationToken ct)
    {
        Tenant? tenant = null;
        if (tenantId is { } id && (tenant = await tenants.FindAsync(id, ct)) is not { State: TenantState.Active }) return null;
        if (!_known.TryGet((userId, tenantId), out var member)) member = await ReadAsync(userId, tenantId, ct);
        else if (member is not null && member.Row.SecurityStamp != stamp) member = await ReadAsync(userId, tenantId, ct);   // the stamp may be newer than our memory
        if (member is null || member.Row.SecurityStamp != stamp) return null;
        return (tenant is null ? AsOperator(member) : AsMember(member, tenant) ?? AsSupport(member, tenant)) is { } caller ? new Seat(caller, member.Row.OwesAgreement, member.Row.PasswordSetAt) : null;
    }

    /// <summary>The tenants that this person is a member of, the first one first.</summary>
    public async ValueTask<IReadOnlyList<TenantId>> TenantsOfAsync(long userId, CancellationToken ct)
    {
        if (!_tenants.TryGet(userId, out var ids)) _tenants.Keep(userId, ids = await accounts.TenantsOfAsync(userId, ct));
        return ids;
    }

    /// <summary>The next question reads again: this process has just changed something about this person.</summary>
    public void Forget()
    {
        _known.Clear();
        _tenants.Clear();
    }

    private async Task<Member?> ReadAsync(long userId, TenantId? tenantId, CancellationToken ct)
    {
        var row = await db.FindAsync<Row>(Find, new { UserId = userId, Tenant = tenantId?.Value, Now = time.GetUtcNow() }, ct);
        var member = row is null ? null : new Member(row, accounts.OpenName(row.UserId, row.NameSealed));
        _known.Keep((userId, tenantId), member);
        return member;
    }

    private static Caller? AsMember(Member member, Tenant tenant) => member.Row.Role is null ? null : Holding(tenant, "user:" + member.Name, member.Row.Held) with
    {
        UserId = member.Row.UserId,
        IsOperator = member.Row.IsOperator,
    };

    private Caller? AsSupport(Member member, Tenant tenant) => member.Row is not { SupportRole: not null, SupportUntil: { } until } || until <= time.GetUtcNow() ? null : Holding(tenant, "operator:" + member.Name, member.Row.Lent) with
    {
        UserId = member.Row.UserId,
        IsOperator = true,
        SupportUntil = until,
    };

    /// <param name="role">Null gives nothing.</param>
    private static Caller Holding(Tenant tenant, string actor, Role? role) => new(tenant.Id, tenant.Slug, tenant.Name, actor, role?.Permissions ?? Nothing) { Limits = role?.Limits ?? Limits.None };

    private static Caller? AsOperator(Member member) => !member.Row.IsOperator ? null : new Caller(default, "", "Installation", "operator:" + member.Name, OfOperator)
    {
        UserId = member.Row.UserId,
        IsOperator = true,
    };

    private sealed record Member(Row Row, string Name);

    private sealed record Row(
        long UserId, byte[] NameSealed, string SecurityStamp, DateTimeOffset PasswordSetAt, string? Role, string? Stored, string? StoredLists, string? StoredDomains,
        string? SupportRole, string? SupportStored, string? SupportLists, string? SupportDomains, DateTimeOffset? SupportUntil, bool IsOperator, bool OwesAgreement)
    {
        /// <summary>Read once, not at each request.</summary>
        public Role? Held { get; } = Role is null ? null : Roles.Role.Find(Role, StoredRole.Of(Stored, StoredLists, StoredDomains));

        public Role? Lent { get; } = SupportRole is null ? null : Roles.Role.Find(SupportRole, StoredRole.Of(SupportStored, SupportLists, SupportDomains));
    }
}

/// <summary>A person in the console, and what may stand between them and their work.</summary>
internal sealed record Seat(Caller Caller, bool OwesAgreement, DateTimeOffset PasswordSetAt);
