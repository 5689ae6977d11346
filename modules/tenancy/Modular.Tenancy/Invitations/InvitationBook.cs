using System.Text;
using Modular.Kernel.Auditing;
using Modular.Tenancy.Quotas;
using Modular.Tenancy.Roles;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Invitations;

/// <summary>People who are asked to join a tenant. The mail carries a token that is good once; the row keeps its SHA-256 and the address sealed.</summary>
internal sealed class InvitationBook(
    SystemDb db, ISealer sealer, Accounts accounts, RoleBook roles, ITenants tenants, PasswordJudge judge, Letters letters, Memberships memberships, UserQuota quota, Deeds deeds, TimeProvider time)
{
    public static readonly TimeSpan Age = TimeSpan.FromDays(7);

    public const int MostPending = 200;

    public const string Purpose = "tenancy.invitation";

    private const string NextId = "select nextval('tenancy.invitation_id_seq')";

    private const string RevokeEarlier = """
        update tenancy.invitation set revoked_at = @Now
         where tenant_id = @Tenant and address_index = @Index and accepted_at is null and revoked_at is null
        """;

    private const string Add = """
        insert into tenancy.invitation (invitation_id, tenant_id, hash, address_index, address_sealed, role, invited_by, created_at, expires_at)
        select @Id, @Tenant, @Hash, @Index, @AddressSealed, @Role, @By, @Now, @ExpiresAt
         where (select count(*) from tenancy.invitation where tenant_id = @Tenant and accepted_at is null and revoked_at is null and expires_at > @Now) < @Most
        """;

    private const string IsMember = """
        select exists (select from tenancy.membership m join tenancy.user_account u using (user_id) where m.tenant_id = @Tenant and u.name_index = @Index)
        """;

    private const string Pending = """
        select invitation_id, tenant_id, address_sealed, role, expires_at
          from tenancy.invitation
         where tenant_id = @Tenant and accepted_at is null and revoked_at is null and expires_at > @Now
         order by created_at desc
        """;

    private const string Revoke = "update tenancy.invitation set revoked_at = @Now where tenant_id = @Tenant and invitation_id = @Id and accepted_at is null and revoked_at is null";

    private const string Find = """
        select invitation_id, tenant_id, address_sealed, role, expires_at
          from tenancy.invitation
         where hash = @Hash and accepted_at is null and revoked_at is null and expires_at > @Now
        """;

    private const string Accept = """
        update tenancy.invitation set accepted_at = @Now
         where invitation_id = @Id and accepted_at is null and revoked_at is null and expires_at > @Now   -- of two at once, one
        """;

    public async Task<Fault?> InviteAsync(Caller caller, string address, string roleName, CancellationToken ct)
    {
        if (!EmailAddress.TryParse(address, out var name, out var reason)) return new BadAddress(reason);
        if (await roles.FindAsync(caller.Tenant, roleName, ct) is not { } role) return new UnknownRole(roleName, await roles.ListAsync(caller.Tenant, ct));
        if (Granting.FaultOf(caller, role) is { } fault) return fault;
        if (await tenants.FindAsync(caller.Tenant, ct) is not { } tenant) return new NotFound("tenant");
        var index = accounts.IndexOf(name);
        if (await db.FindAsync<bool>(IsMember, new { caller.Tenant, Index = index }, ct)) return new MemberAlready(tenant.Slug);

        var token = OneUseTokens.NewToken();
        var now = time.GetUtcNow();
        await using var tx = await db.BeginAsync(ct);
        var id = await tx.FindAsync<long>(NextId, null, ct);
        await tx.RunAsync(RevokeEarlier, new { caller.Tenant, Index = index, Now = now }, ct);
        var row = new
        {
            Id = id,
            caller.Tenant,
            Hash = OneUseTokens.HashOf(token),
            Index = index,
            AddressSealed = sealer.SealSystem(Purpose, Encoding.UTF8.GetBytes(name.Text), id),
            Role = role.Name,
            By = $"user/{caller.UserId}",
            Now = now,
            ExpiresAt = now + Age,
            Most = MostPending,
        };
        if (await tx.RunAsync(Add, row, ct) == 0) return new TooManyInvitations(MostPending);
        await tx.CommitAsync(ct);
        await letters.SendInvitationAsync(tenant, name.Text, token, new AuditEntry(caller.Actor, "user.invited", $"invitation/{id}") { After = $"{name.Text} {role.Name}" }, ct);
        return null;
    }

    public async Task<IReadOnlyList<PendingInvitation>> PendingAsync(TenantId tenant, CancellationToken ct) =>
        [.. (await db.ListAsync<Row>(Pending, new { Tenant = tenant, Now = time.GetUtcNow() }, ct)).Select(r => new PendingInvitation(r.InvitationId, Open(r), r.Role, r.ExpiresAt))];

    public async Task<bool> RevokeAsync(Caller caller, long id, CancellationToken ct)
    {
        if (await db.RunAsync(Revoke, new { caller.Tenant, Id = id, Now = time.GetUtcNow() }, ct) == 0) return false;
        await deeds.RecordAsync(caller.Tenant, new AuditEntry(caller.Actor, "user.invitation-revoked", $"invitation/{id}"), ct);
        return true;
    }

    /// <summary>What this token invites to; null when it is not good.</summary>
    public async Task<Invitation?> FindAsync(string token, CancellationToken ct)
    {
        if (!OneUseTokens.HasShape(token) || await db.FindAsync<Row>(Find, new { Hash = OneUseTokens.HashOf(token), Now = time.GetUtcNow() }, ct) is not { } row) return null;
        if (await tenants.FindAsync(new TenantId(row.TenantId), ct) is not { State: TenantState.Active } tenant) return null;
        var address = EmailAddress.Parse(Open(row));
        return new Invitation(row.InvitationId, tenant, address, row.Role, await accounts.FindAsync(address, ct) is not null);
    }

    /// <summary>Joins the tenant. Nobody is signed in by it: the mailbox was proven, the password and the second factor were not.</summary>
    /// <param name="password">For one who has no account yet.</param>
    public async Task<Fault?> AcceptAsync(string token, string? password, CancellationToken ct)
    {
        if (await FindAsync(token, ct) is not { } invitation) return new LinkNotGood();
        if (await roles.FindAsync(invitation.Tenant.Id, invitation.Role, ct) is not { } role) return new LinkNotGood();
        if (!invitation.HasAccount && await judge.FaultOfAsync(null, invitation.Address, password ?? "", invitation.Tenant.Id, ct) is { } weak) return weak;

        await using var tx = await db.BeginAsync(ct);
        if (await tx.RunAsync(Accept, new { invitation.Id, Now = time.GetUtcNow() }, ct) == 0) return new LinkNotGood();
        var (userId, _) = await accounts.EnsureAsync(tx, invitation.Address, password, ct);
        if (await quota.CheckAsync(tx, invitation.Tenant.Id, ct) is { } full) return full;   // the invitation stays good
        await accounts.JoinAsync(tx, userId, invitation.Tenant.Id, role, ct);
        await tx.CommitAsync(ct);
        memberships.Forget();
        await deeds.RecordAsync(invitation.Tenant.Id, new AuditEntry("user:" + invitation.Address.Text, "user.joined", $"user/{userId}", $"invitation/{invitation.Id}") { After = role.Name }, ct);
        return null;
    }

    private string Open(Row row) => Encoding.UTF8.GetString(sealer.OpenSystem(Purpose, row.AddressSealed, row.InvitationId));

    private sealed record Row(long InvitationId, long TenantId, byte[] AddressSealed, string Role, DateTimeOffset ExpiresAt);
}

internal sealed record PendingInvitation(long Id, string Address, string Role, DateTimeOffset ExpiresAt);

/// <param name="HasAccount">Somebody signs in with this address already: they keep their password.</param>
internal sealed record Invitation(long Id, Tenant Tenant, EmailAddress Address, string Role, bool HasAccount);
