using System.Text;
using Modular.Tenancy.Sessions;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.OwnAccount;

/// <summary>What is kept about one person's account, for that person.</summary>
internal sealed class OwnAccountBook(SystemDb db, ISealer sealer, Accounts accounts)
{
    /// <summary>Ended ones too, which stay for a month.</summary>
    public const int MostSessions = 1000;

    private const string Find = """
        select u.name_index, u.name_sealed, u.created_at, u.signed_in_at, u.password_set_at, o.created_at as operator_since,
               (select count(*) from tenancy.password_history h where h.user_id = u.user_id) as passwords_before
          from tenancy.user_account u
          left join tenancy.operator o using (user_id)
         where u.user_id = @UserId
        """;

    private const string Memberships = """
        select t.tenant_id, t.slug, t.name, t.state, m.role, m.created_at as since, n.networks
          from tenancy.membership m
          join tenancy.tenant t using (tenant_id)
          left join tenancy.network_rule n on n.tenant_id = m.tenant_id and n.user_id = m.user_id
         where m.user_id = @UserId
         order by m.created_at, m.tenant_id
        """;

    private const string Sessions = """
        select created_at, seen_at, proven_at, proven_by, network, agent_sealed, expires_at, revoked_at
          from tenancy.session
         where user_id = @UserId
         order by created_at desc
         limit @MostSessions
        """;

    private const string Links = "select purpose, created_at, expires_at, used_at from tenancy.one_use_token where user_id = @UserId order by created_at desc";

    private const string Invitations = """
        select t.slug as tenant, i.role, i.created_at, i.expires_at, i.accepted_at, i.revoked_at
          from tenancy.invitation i
          join tenancy.tenant t using (tenant_id)
         where i.address_index = @Index
         order by i.created_at desc
        """;

    /// <returns>Null when the account is gone.</returns>
    public async Task<AccountFacts?> FindAsync(long userId, CancellationToken ct) => await db.FindAsync<Row>(Find, new { UserId = userId }, ct) is { } row
        ? new AccountFacts(userId, row.NameIndex, accounts.OpenName(userId, row.NameSealed), row.CreatedAt, row.SignedInAt, row.PasswordSetAt, row.PasswordsBefore, row.OperatorSince)
        : null;

    public Task<IReadOnlyList<OwnMembership>> MembershipsAsync(long userId, CancellationToken ct) => db.ListAsync<OwnMembership>(Memberships, new { UserId = userId }, ct);

    public async Task<IReadOnlyList<OwnSession>> SessionsAsync(long userId, CancellationToken ct) =>
        [.. (await db.ListAsync<SessionRow>(Sessions, new { UserId = userId, MostSessions }, ct)).Select(s => new OwnSession(
            s.CreatedAt, s.SeenAt, s.ProvenAt, s.ProvenBy, s.Network, Encoding.UTF8.GetString(sealer.OpenSystem(SessionBook.AgentPurpose, s.AgentSealed, userId)), s.ExpiresAt, s.RevokedAt))];

    public Task<IReadOnlyList<OwnLink>> LinksAsync(long userId, CancellationToken ct) => db.ListAsync<OwnLink>(Links, new { UserId = userId }, ct);

    public Task<IReadOnlyList<OwnInvitation>> InvitationsAsync(AccountFacts account, CancellationToken ct) => db.ListAsync<OwnInvitation>(Invitations, new { account.Index }, ct);

    private sealed record Row(Guid NameIndex, byte[] NameSealed, DateTimeOffset CreatedAt, DateTimeOffset? SignedInAt, DateTimeOffset PasswordSetAt, DateTimeOffset? OperatorSince, long PasswordsBefore);

    private sealed record SessionRow(DateTimeOffset CreatedAt, DateTimeOffset SeenAt, DateTimeOffset ProvenAt, string ProvenBy, string Network, byte[] AgentSealed, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt);
}

/// <param name="Index">The address's blind index.</param>
/// <param name="PasswordsBefore">Hashes of earlier passwords that are kept, so that they do not come back.</param>
/// <param name="OperatorSince">Null for one who does not run the installation.</param>
internal sealed record AccountFacts(long UserId, Guid Index, string Address, DateTimeOffset CreatedAt, DateTimeOffset? SignedInAt, DateTimeOffset PasswordSetAt, long PasswordsBefore, DateTimeOffset? OperatorSince);

/// <param name="Networks">From where the tenant lets this person in; null: its rule for everyone.</param>
internal sealed record OwnMembership(TenantId TenantId, string Slug, string Name, string State, string Role, DateTimeOffset Since, string? Networks);

internal sealed record OwnSession(DateTimeOffset CreatedAt, DateTimeOffset SeenAt, DateTimeOffset ProvenAt, string ProvenBy, string Network, string Browser, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt);

internal sealed record OwnLink(string Purpose, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? UsedAt);

internal sealed record OwnInvitation(string Tenant, string Role, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? AcceptedAt, DateTimeOffset? RevokedAt);
