using Modular.Kernel.Auditing;
using Modular.Tenancy.Roles;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.Users;

/// <summary>The people of one tenant: listed, given another role, removed. There is always an owner left.</summary>
internal sealed class MemberBook(SystemDb db, Accounts accounts, RoleBook roles, Memberships memberships, Deeds deeds)
{
    /// <summary>As many as a tenant's list shows.</summary>
    public const int Most = 1000;

    private const string List = """
        select m.user_id, u.name_sealed, m.role, m.created_at, u.signed_in_at
          from tenancy.membership m
          join tenancy.user_account u using (user_id)
         where m.tenant_id = @Tenant
           and (@UserId::bigint is null or m.user_id = @UserId)
         order by m.created_at, m.user_id
         limit @Most
        """;

    /// <summary>Changes of owners of one tenant wait for one another: two that remove each other at once must not both succeed.</summary>
    private const string LockTenant = "select tenant_id from tenancy.tenant where tenant_id = @Tenant for update";

    private const string IsLastOwner = """
        select exists (select from tenancy.membership where tenant_id = @Tenant and role = 'owner' and user_id = @UserId)
           and not exists (select from tenancy.membership where tenant_id = @Tenant and role = 'owner' and user_id <> @UserId)
        """;

    private const string Change = "update tenancy.membership set role = @Role where tenant_id = @Tenant and user_id = @UserId";

    private const string Remove = "delete from tenancy.membership where tenant_id = @Tenant and user_id = @UserId";

    public async Task<IReadOnlyList<Member>> ListAsync(TenantId tenant, CancellationToken ct) => [.. (await RowsAsync(tenant, null, ct)).Select(Open)];

    public async Task<Member?> FindAsync(TenantId tenant, long userId, CancellationToken ct) => await RowsAsync(tenant, userId, ct) is [var row] ? Open(row) : null;

    public async Task<Fault?> ChangeAsync(Caller caller, long userId, string roleName, CancellationToken ct)
    {
        if (await FindAsync(caller.Tenant, userId, ct) is not { } member) return new NotFound("user");
        if (await roles.FindAsync(caller.Tenant, roleName, ct) is not { } role) return new UnknownRole(roleName, await roles.ListAsync(caller.Tenant, ct));
        if (await FaultOfTouchingAsync(caller, member, ct) is { } above) return above;
        if (Granting.FaultOf(caller, role) is { } fault) return fault;
        return await ActAsync(caller, member, Change, role, new AuditEntry(caller.Actor, "user.role-changed", $"user/{userId}") { Before = member.Role, After = role.Name }, ct);
    }

    public async Task<Fault?> RemoveAsync(Caller caller, long userId, CancellationToken ct)
    {
        if (await FindAsync(caller.Tenant, userId, ct) is not { } member) return new NotFound("user");
        if (await FaultOfTouchingAsync(caller, member, ct) is { } above) return above;
        return await ActAsync(caller, member, Remove, null, new AuditEntry(caller.Actor, "user.removed", $"user/{userId}") { Before = member.Role }, ct);
    }

    private async Task<Fault?> ActAsync(Caller caller, Member member, string sql, Role? role, AuditEntry deed, CancellationToken ct)
    {
        await using (var tx = await db.BeginAsync(ct))
        {
            var row = new { caller.Tenant, member.UserId, Role = role?.Name };
            await tx.RunAsync(LockTenant, row, ct);
            if (role is not { IsOwner: true } && await tx.FindAsync<bool>(IsLastOwner, row, ct)) return new LastOwner();
            await tx.RunAsync(sql, row, ct);
            await tx.CommitAsync(ct);
        }
        memberships.Forget();
        await deeds.RecordAsync(caller.Tenant, deed, ct);
        return null;
    }

    /// <summary>Who holds more than the caller is not theirs to change.</summary>
    private async Task<Fault?> FaultOfTouchingAsync(Caller caller, Member member, CancellationToken ct) =>
        await roles.FindAsync(caller.Tenant, member.Role, ct) is { } held ? Granting.FaultOf(caller, held) : null;

    private Task<IReadOnlyList<Row>> RowsAsync(TenantId tenant, long? userId, CancellationToken ct) => db.ListAsync<Row>(List, new { Tenant = tenant, UserId = userId, Most }, ct);

    private Member Open(Row row) => new(row.UserId, accounts.OpenName(row.UserId, row.NameSealed), row.Role, row.CreatedAt, row.SignedInAt);

    private sealed record Row(long UserId, byte[] NameSealed, string Role, DateTimeOffset CreatedAt, DateTimeOffset? SignedInAt);
}

internal sealed record Member(long UserId, string Address, string Role, DateTimeOffset CreatedAt, DateTimeOffset? SignedInAt);
