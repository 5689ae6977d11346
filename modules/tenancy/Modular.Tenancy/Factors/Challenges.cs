using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Modular.Tenancy.Factors;

/// <summary>Questions that wait for an answer. Each lives ten minutes, bears five wrong answers, and is answered once.</summary>
internal sealed class Challenges(SystemDb db, ISealer sealer, TimeProvider time)
{
    public const int MostTries = 5;

    public static readonly TimeSpan Age = TimeSpan.FromMinutes(10);

    public const string Purpose = "tenancy.challenge";

    private const string Open = """
        with past as (delete from tenancy.challenge where expires_at < @Now and hash <> @Hash)
        insert into tenancy.challenge (hash, user_id, state_sealed, expires_at) values (@Hash, @UserId, @StateSealed, @ExpiresAt)
        on conflict (hash) do update set user_id = excluded.user_id, state_sealed = excluded.state_sealed, expires_at = excluded.expires_at, tries = 0
        """;

    private const string Find = """
        select hash, user_id, state_sealed, expires_at
          from tenancy.challenge
         where hash = @Hash and expires_at > @Now and tries < @MostTries
        """;

    private const string Save = "update tenancy.challenge set state_sealed = @StateSealed where hash = @Hash";

    private const string Try = """
        update tenancy.challenge set tries = tries + 1   -- before the answer is looked at, so that many at once do not all pass
         where hash = @Hash and expires_at > @Now and tries < @MostTries
        """;

    private const string Close = "delete from tenancy.challenge where hash = @Hash";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    /// <summary>A question for a browser that has no session yet.</summary>
    /// <returns>What the browser is to hold: 256 random bits.</returns>
    public async Task<string> OpenAsync(long? userId, ChallengeState state, CancellationToken ct)
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        await OpenAsync(token, userId, state, ct);
        return token;
    }

    /// <summary>A question for a session; one that it was asked for the same purpose before is void.</summary>
    public Task OpenAsync(string purpose, long sessionId, long userId, ChallengeState state, CancellationToken ct) => OpenAsync(NameOf(purpose, sessionId), userId, state, ct);

    public Task<Challenge?> FindAsync(string purpose, long sessionId, CancellationToken ct) => FindAsync(NameOf(purpose, sessionId), ct);

    /// <returns>Null when there is none, it is too old, or was answered wrongly too often.</returns>
    public async Task<Challenge?> FindAsync(string token, CancellationToken ct)
    {
        var row = await db.FindAsync<Row>(Find, new { Hash = HashOf(token), Now = time.GetUtcNow(), MostTries }, ct);
        return row is null ? null : new Challenge(row.Hash, row.UserId, JsonSerializer.Deserialize<ChallengeState>(sealer.OpenSystem(Purpose, row.StateSealed, row.UserId ?? 0), Json)!);   // we wrote an object
    }

    public Task SaveAsync(Challenge challenge, ChallengeState state, CancellationToken ct) =>
        db.RunAsync(Save, new { challenge.Hash, StateSealed = Seal(challenge.UserId, state) }, ct);

    /// <returns>False when no further answer is borne.</returns>
    public async Task<bool> TryAsync(Challenge challenge, CancellationToken ct) =>
        await db.RunAsync(Try, new { challenge.Hash, Now = time.GetUtcNow(), MostTries }, ct) == 1;

    /// <returns>True for one of those who answered at once, and no other.</returns>
    public async Task<bool> CloseAsync(Challenge challenge, CancellationToken ct) => await db.RunAsync(Close, new { challenge.Hash }, ct) == 1;

    private Task<int> OpenAsync(string name, long? userId, ChallengeState state, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return db.RunAsync(Open, new { Hash = HashOf(name), UserId = userId, StateSealed = Seal(userId, state), ExpiresAt = now + Age, Now = now }, ct);
    }

    private byte[] Seal(long? userId, ChallengeState state) => sealer.SealSystem(Purpose, JsonSerializer.SerializeToUtf8Bytes(state, Json), userId ?? 0);

    private static string NameOf(string purpose, long sessionId) => $"{purpose}/{sessionId}";

    private static byte[] HashOf(string name) => SHA256.HashData(Encoding.UTF8.GetBytes(name));

    private sealed record Row(byte[] Hash, long? UserId, byte[] StateSealed, DateTimeOffset ExpiresAt);
}

internal sealed record Challenge(byte[] Hash, long? UserId, ChallengeState State);

/// <summary>What is needed to judge the answer, and to go on after it.</summary>
internal sealed record ChallengeState
{
    /// <summary>Of a sign-in: where it leads. Null for an operator who is in no tenant.</summary>
    public long? TenantId { get; init; }

    /// <summary>Of a sign-in: the account's security stamp when the password was right.</summary>
    public string? Stamp { get; init; }

    /// <summary>A local address, checked again before it is gone to.</summary>
    public string? Return { get; init; }

    /// <summary>The code that is on its way to a phone, and to which.</summary>
    public string? SmsCode { get; init; }

    public string? SmsNumber { get; init; }

    public long? SmsFactorId { get; init; }

    /// <summary>The key of an app that is about to be added.</summary>
    public byte[]? TotpKey { get; init; }

    /// <summary>The framework's own, between the question to a passkey and its answer.</summary>
    public string? PasskeyState { get; init; }
}
