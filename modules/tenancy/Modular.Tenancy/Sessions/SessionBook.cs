using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Modular.Tenancy.SignIn;

namespace Modular.Tenancy.Sessions;

/// <summary>
/// Where people are signed in. A session is a row; the cookie holds 256 random bits and the row their SHA-256. Recognised from memory no older than
/// <see cref="CallerFreshness.Age"/>, so that a request costs no query and a revoked session ends within seconds on every process.
/// </summary>
internal sealed class SessionBook(SystemDb db, ISealer sealer, TimeProvider time)
{
    /// <summary>Of one person, in force at the same time; the oldest give way.</summary>
    public const int MostPerPerson = 50;

    public const string AgentPurpose = "tenancy.session.agent";

    private const int TokenBytes = 32;
    private static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(1);

    private const string Add = """
        with oldest as (
          update tenancy.session set revoked_at = @Now
           where session_id in (select session_id from tenancy.session
                                 where user_id = @UserId and revoked_at is null
                                 order by seen_at desc, session_id desc offset @Most - 1)
        ), past as (   -- what ended long ago is of no use to anyone
          delete from tenancy.session where user_id = @UserId and expires_at < @Now - interval '30 days'
        )
        insert into tenancy.session (hash, user_id, tenant_id, stamp, created_at, seen_at, proven_at, proven_by, network, agent_sealed, expires_at)
        values (@Hash, @UserId, @Tenant, @Stamp, @Now, @Now, @Now, @ProvenBy, @Network, @AgentSealed, @ExpiresAt)
        returning session_id
        """;

    private const string Find = """
        select session_id, user_id, tenant_id, stamp, seen_at, proven_at, proven_by, expires_at
          from tenancy.session
         where hash = @Hash
           and revoked_at is null
        """;

    private const string Seen = "update tenancy.session set seen_at = @Now, network = @Network where session_id = @SessionId";

    private const string Rotate = """
        update tenancy.session
           set hash = @Hash, proven_at = case when @ProvenBy::text is null then proven_at else @Now end, proven_by = coalesce(@ProvenBy::text, proven_by)
         where session_id = @SessionId and revoked_at is null
        returning expires_at
        """;

    private const string Move = """
        update tenancy.session
           set hash = @Hash, tenant_id = @Tenant, expires_at = least(expires_at, created_at + make_interval(hours => @LongestHours))
         where session_id = @SessionId and revoked_at is null
        returning expires_at
        """;

    private const string KeepThroughChange = "update tenancy.session set stamp = @Stamp where session_id = @SessionId and user_id = @UserId";

    private const string List = """
        select session_id, tenant_id, created_at, seen_at, proven_at, proven_by, network, agent_sealed, expires_at
          from tenancy.session s
         where user_id = @UserId
           and revoked_at is null
           and expires_at > @Now
           and stamp = (select security_stamp from tenancy.user_account u where u.user_id = s.user_id)
         order by seen_at desc, session_id desc
        """;

    private const string Revoke = "update tenancy.session set revoked_at = @Now where session_id = @SessionId and user_id = @UserId and revoked_at is null";

    private const string RevokeOthers = "update tenancy.session set revoked_at = @Now where user_id = @UserId and session_id <> @SessionId and revoked_at is null";

    private readonly Remembered<string, KnownSession?> _known = new(CallerFreshness.Age, most: 10_000, time);

    /// <returns>The token for the cookie: known to the browser alone.</returns>
    public async Task<(long SessionId, string Token)> OpenAsync(long userId, TenantId? tenant, string stamp, string provenBy, ClientTrace client, DateTimeOffset expiresAt, CancellationToken ct)
    {
        var token = NewToken();
        var id = await db.FindAsync<long>(Add, new
        {
            Hash = HashOf(token),
            UserId = userId,
            Tenant = tenant?.Value,
            Stamp = stamp,
            Now = time.GetUtcNow(),
            ProvenBy = provenBy,
            client.Network,
            AgentSealed = Seal(userId, client.Agent),
            ExpiresAt = expiresAt,
            Most = MostPerPerson,
        }, ct);
        return (id, token);
    }

    /// <summary>The session that this token is; null when it is none in force. The answer may be some seconds old.</summary>
    public async ValueTask<KnownSession?> FindAsync(string token, CancellationToken ct)
    {
        if (token.Length != Base64Url.GetEncodedLength(TokenBytes)) return null;
        var hash = HashOf(token);
        var name = Convert.ToHexString(hash);
        if (!_known.TryGet(name, out var session))
        {
            session = await db.FindAsync<KnownSession>(Find, new { Hash = hash }, ct);
            _known.Keep(name, session);
        }
        return session is null || session.ExpiresAt <= time.GetUtcNow() ? null : session;
    }

    public void Forget(string token) => _known.Forget(Convert.ToHexString(HashOf(token)));

    /// <summary>Somebody has just done something with it. Written once a minute.</summary>
    public async ValueTask UsedAsync(KnownSession session, string token, string network, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (now - session.SeenAt < SeenEvery) return;
        _known.Keep(Convert.ToHexString(HashOf(token)), session with { SeenAt = now });
        await db.RunAsync(Seen, new { session.SessionId, Now = now, Network = network }, ct);
    }

    /// <summary>Another token for the same session; the old one opens nothing any more.</summary>
    /// <param name="provenBy">The factor that it has just seen; null when it has seen none.</param>
    /// <returns>The new token, and when the session ends whatever happens; null when it has ended.</returns>
    public async Task<(string Token, DateTimeOffset ExpiresAt)?> RotateAsync(long sessionId, string? provenBy, CancellationToken ct)
    {
        var token = NewToken();
        var expiresAt = await db.FindAsync<DateTimeOffset?>(Rotate, new { SessionId = sessionId, Hash = HashOf(token), Now = time.GetUtcNow(), ProvenBy = provenBy }, ct);
        _known.Clear();
        return expiresAt is { } end ? (token, end) : null;
    }

    /// <summary>The same session in another tenant, whose rule for the longest time holds from now on; another token.</summary>
    /// <returns>As <see cref="RotateAsync"/>.</returns>
    public async Task<(string Token, DateTimeOffset ExpiresAt)?> MoveAsync(long sessionId, TenantId? tenant, int longestHours, CancellationToken ct)
    {
        var token = NewToken();
        var expiresAt = await db.FindAsync<DateTimeOffset?>(Move, new { SessionId = sessionId, Hash = HashOf(token), Tenant = tenant?.Value, LongestHours = longestHours }, ct);
        _known.Clear();
        return expiresAt is { } end ? (token, end) : null;
    }

    /// <summary>The account's stamp changes in the same transaction, which ends every session but this one. To be rotated afterwards.</summary>
    public static Task KeepAsync(SystemTransaction tx, long userId, long sessionId, string stamp, CancellationToken ct) =>
        tx.RunAsync(KeepThroughChange, new { UserId = userId, SessionId = sessionId, Stamp = stamp }, ct);

    public async Task<IReadOnlyList<ListedSession>> ListAsync(long userId, CancellationToken ct) =>
        [.. (await db.ListAsync<Row>(List, new { UserId = userId, Now = time.GetUtcNow() }, ct)).Select(r =>
            new ListedSession(r.SessionId, r.TenantId is { } t ? new TenantId(t) : null, r.CreatedAt, r.SeenAt, r.ProvenAt, r.ProvenBy, r.Network, Open(userId, r.AgentSealed), r.ExpiresAt))];

    /// <returns>Whether it was this person's and in force.</returns>
    public async Task<bool> RevokeAsync(long userId, long sessionId, CancellationToken ct)
    {
        var isDone = await db.RunAsync(Revoke, new { UserId = userId, SessionId = sessionId, Now = time.GetUtcNow() }, ct) == 1;
        _known.Clear();
        return isDone;
    }

    /// <returns>How many ended.</returns>
    public async Task<int> RevokeOthersAsync(long userId, long sessionId, CancellationToken ct)
    {
        var count = await db.RunAsync(RevokeOthers, new { UserId = userId, SessionId = sessionId, Now = time.GetUtcNow() }, ct);
        _known.Clear();
        return count;
    }

    private byte[] Seal(long userId, string agent) => sealer.SealSystem(AgentPurpose, Encoding.UTF8.GetBytes(agent), userId);

    private string Open(long userId, byte[] agentSealed) => Encoding.UTF8.GetString(sealer.OpenSystem(AgentPurpose, agentSealed, userId));

    private static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private sealed record Row(long SessionId, long? TenantId, DateTimeOffset CreatedAt, DateTimeOffset SeenAt, DateTimeOffset ProvenAt, string ProvenBy, string Network, byte[] AgentSealed, DateTimeOffset ExpiresAt);
}

/// <param name="TenantId">Null: an operator, in no tenant.</param>
internal sealed record KnownSession(long SessionId, long UserId, long? TenantId, string Stamp, DateTimeOffset SeenAt, DateTimeOffset ProvenAt, string ProvenBy, DateTimeOffset ExpiresAt)
{
    public TenantId? Tenant => TenantId is { } id ? new TenantId(id) : null;
}

/// <param name="Agent">What the browser called itself when it signed in.</param>
internal sealed record ListedSession(long SessionId, TenantId? Tenant, DateTimeOffset CreatedAt, DateTimeOffset SeenAt, DateTimeOffset ProvenAt, string ProvenBy, string Network, string Agent, DateTimeOffset ExpiresAt);

/// <summary>Where a person's browser is, as far as it is kept.</summary>
internal sealed record ClientTrace(string Network, string Agent)
{
    public const int LongestAgent = 300;

    public static ClientTrace Of(Microsoft.AspNetCore.Http.HttpContext context)
    {
        var agent = context.Request.Headers.UserAgent.ToString();
        return new(Origin.Of(context).Network, agent.Length > LongestAgent ? agent[..LongestAgent] : agent);
    }
}
