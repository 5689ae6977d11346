using System.Collections.Frozen;
using Modular.Tenancy.Roles;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.SignIn;

/// <summary>What a person may do in a tenant now. Asked at each request, from memory; an answer is never older than <see cref="CallerFreshness.Age"/>.</summary>
internal sealed class Memberships(SystemDb db, ITenants tenants, Accounts accounts, TimeProvider time)
{
    private const string Find = """
        select u.user_id, u.name_sealed, u.security_stamp, m.role, r.permissions as stored, o.user_id is not null as is_operator
          from tenancy.user_account u
          left join tenancy.membership m on m.user_id = u.user_id and m.tenant_id = @Tenant
          left join tenancy.role r on r.tenant_id = m.tenant_id and r.name = m.role
          left join tenancy.operator o on o.user_id = u.user_id
         where u.user_id = @UserId
        """;

    private static readonly FrozenSet<string> OfOperator = FrozenSet.Create(StringComparer.Ordinal, Permissions.InstallationManage);

    private static readonly FrozenSet<string> Nothing = FrozenSet<string>.Empty;

    private readonly Remembered<(long UserId, TenantId? Tenant), Member?> _known = new(CallerFreshness.Age, most: 10_000, time);

    /// <summary>The caller that this person is in this tenant; null when the tenant is not active, they are no member, or <paramref name="stamp"/> is no longer theirs.</summary>
    /// <param name="tenantId">Null for an operator who is in no tenant; only the console takes them so.</param>
    public async ValueTask<Caller?> CallerAsync(long userId, TenantId? tenantId, string stamp, CancellationToken ct)
    {
        Tenant? tenant = null;
        if (tenantId is { } id && (tenant = await tenants.FindAsync(id, ct)) is not { State: TenantState.Active }) return null;
        if (!_known.TryGet((userId, tenantId), out var member)) member = await ReadAsync(userId, tenantId, ct);
        else if (member is not null && member.Row.SecurityStamp != stamp) member = await ReadAsync(userId, tenantId, ct);   // the stamp may be newer than our memory
        if (member is null || member.Row.SecurityStamp != stamp) return null;
        return tenant is null ? AsOperator(member) : AsMember(member, tenant);
    }

    /// <summary>The next question reads again: this process has just changed something about this person.</summary>
    public void Forget() => _known.Clear();

    private async Task<Member?> ReadAsync(long userId, TenantId? tenantId, CancellationToken ct)
    {
        var row = await db.FindAsync<Row>(Find, new { UserId = userId, Tenant = tenantId?.Value }, ct);
        var member = row is null ? null : new Member(row, accounts.OpenName(row.UserId, row.NameSealed));
        _known.Keep((userId, tenantId), member);
        return member;
    }

    private static Caller? AsMember(Member member, Tenant tenant) => member.Row.Role is not { } role ? null : new Caller(tenant.Id, tenant.Slug, tenant.Name, "user:" + member.Name, Role.Find(role, member.Row.Stored)?.Permissions ?? Nothing)
    {
        UserId = member.Row.UserId,
        IsOperator = member.Row.IsOperator,
    };

    private static Caller? AsOperator(Member member) => !member.Row.IsOperator ? null : new Caller(default, "", "Installation", "operator:" + member.Name, OfOperator)
    {
        UserId = member.Row.UserId,
        IsOperator = true,
    };

    private sealed record Member(Row Row, string Name);

    private sealed record Row(long UserId, byte[] NameSealed, string SecurityStamp, string? Role, string? Stored, bool IsOperator);
}
