using Modular.Kernel.Auditing;
using Modular.Tenancy.Roles;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;

namespace Modular.Tenancy.SupportAccess;

/// <summary>A tenant lets the installation's operators in: with a role's rights, for hours, until it is taken back. Without it they see nothing of the tenant's.</summary>
internal sealed class SupportBook(SystemDb db, RoleBook roles, Memberships memberships, Deeds deeds, TimeProvider time)
{
    public const int LongestHours = 72;
    public const int LongestReason = 200;

    private const string Add = """
        insert into tenancy.support_grant (tenant_id, role, reason, granted_by, created_at, expires_at)
        values (@Tenant, @Role, @Reason, @By, @Now, @ExpiresAt)
        """;

    private const string End = "update tenancy.support_grant set revoked_at = @Now where tenant_id = @Tenant and revoked_at is null and expires_at > @Now";

    private const string InForce = """
        select grant_id, tenant_id as tenant, role, reason, created_at, expires_at
          from tenancy.support_grant
         where revoked_at is null and expires_at > @Now
           and (@Tenant::bigint is null or tenant_id = @Tenant)
         order by expires_at desc
        """;

    /// <summary>The grant in force; a new one takes its place.</summary>
    public async Task<SupportGrant?> FindAsync(TenantId tenant, CancellationToken ct) =>
        await db.ListAsync<SupportGrant>(InForce, new { Tenant = (long?)tenant.Value, Now = time.GetUtcNow() }, ct) is [var newest, ..] ? newest : null;

    /// <summary>All tenants that let operators in now.</summary>
    public Task<IReadOnlyList<SupportGrant>> AllAsync(CancellationToken ct) => db.ListAsync<SupportGrant>(InForce, new { Tenant = (long?)null, Now = time.GetUtcNow() }, ct);

    public async Task<Fault?> GrantAsync(Caller caller, string roleName, int hours, string reason, CancellationToken ct)
    {
        if (caller.SupportUntil is not null) return new NotBySupport();
        if (hours is < 1 or > LongestHours) return new BadHours();
        if (reason.Length is 0 or > LongestReason || reason.Any(char.IsControl)) return new BadReason();
        if (await roles.FindAsync(caller.Tenant, roleName, ct) is not { } role) return new Users.UnknownRole(roleName, await roles.ListAsync(caller.Tenant, ct));
        if (role.IsOwner) return new NotAsOwner();
        if (Granting.FaultOf(caller, role) is { } fault) return fault;
        var now = time.GetUtcNow();
        await using (var tx = await db.BeginAsync(ct))
        {
            await tx.RunAsync(End, new { caller.Tenant, Now = now }, ct);
            await tx.RunAsync(Add, new { caller.Tenant, Role = role.Name, Reason = reason, By = $"user/{caller.UserId}", Now = now, ExpiresAt = now.AddHours(hours) }, ct);
            await tx.CommitAsync(ct);
        }
        memberships.Forget();
        await deeds.RecordAsync(caller.Tenant, new AuditEntry(caller.Actor, "support.granted", "role/" + role.Name, $"{hours} h: {reason}"), ct);
        return null;
    }

    /// <returns>Whether there was one in force.</returns>
    public async Task<bool> RevokeAsync(Caller caller, CancellationToken ct)
    {
        if (await db.RunAsync(End, new { caller.Tenant, Now = time.GetUtcNow() }, ct) == 0) return false;
        memberships.Forget();
        await deeds.RecordAsync(caller.Tenant, new AuditEntry(caller.Actor, "support.revoked", "tenant/" + caller.Tenant), ct);
        return true;
    }
}

internal sealed record SupportGrant(long GrantId, TenantId Tenant, string Role, string Reason, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);
