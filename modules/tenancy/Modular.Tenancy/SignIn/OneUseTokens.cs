using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Modular.Tenancy.SignIn;

/// <summary>
/// What is mailed to a person to prove that a mailbox is theirs: 256 random bits, kept as SHA-256, good once. Making one ends those made before for the
/// same purpose; so does a changed password.
/// </summary>
internal sealed class OneUseTokens(SystemDb db, ISealer sealer, TimeProvider time)
{
    public const string PasswordReset = "password-reset";

    public const string AddressChange = "address-change";

    public const string DetailPurpose = "tenancy.one-use-token.detail";

    public const int MostInAnHour = 5;

    private const int Bytes = 32;

    private const string End = "update tenancy.one_use_token set used_at = @Now where user_id = @UserId and purpose = @Purpose and used_at is null";

    /// <summary>At most so many in an hour: nobody's mailbox is filled by a stranger.</summary>
    private const string Add = """
        insert into tenancy.one_use_token (hash, purpose, user_id, stamp, detail_sealed, created_at, expires_at)
        select @Hash, @Purpose, @UserId, security_stamp, @DetailSealed, @Now, @ExpiresAt
          from tenancy.user_account
         where user_id = @UserId
           and (select count(*) from tenancy.one_use_token where user_id = @UserId and purpose = @Purpose and created_at > @Now - interval '1 hour') < @Most
        """;

    private const string Live = """
        select t.user_id, t.detail_sealed
          from tenancy.one_use_token t
          join tenancy.user_account u on u.user_id = t.user_id and u.security_stamp = t.stamp
         where t.hash = @Hash and t.purpose = @Purpose and t.used_at is null and t.expires_at > @Now
        """;

    /// <summary>Of two at once one finds used_at set when its turn at the row comes.</summary>
    private const string Use = """
        update tenancy.one_use_token t
           set used_at = @Now
          from tenancy.user_account u
         where t.hash = @Hash and t.purpose = @Purpose and t.used_at is null and t.expires_at > @Now
           and u.user_id = t.user_id and u.security_stamp = t.stamp
        returning t.user_id, t.detail_sealed
        """;

    private const string Sweep = "delete from tenancy.one_use_token where user_id = @UserId and expires_at < @Now - interval '1 day'";

    /// <param name="detail">What it is good for, beyond its purpose: kept sealed, and given back with it; null for nothing.</param>
    /// <returns>The token; null when this person has been sent enough of them.</returns>
    public async Task<string?> MakeAsync(string purpose, long userId, string? detail, TimeSpan age, CancellationToken ct)
    {
        var token = NewToken();
        var now = time.GetUtcNow();
        await using var tx = await db.BeginAsync(ct);
        await tx.RunAsync(Sweep, new { UserId = userId, Now = now }, ct);
        await tx.RunAsync(End, new { UserId = userId, Purpose = purpose, Now = now }, ct);
        var row = new
        {
            Hash = HashOf(token),
            Purpose = purpose,
            UserId = userId,
            DetailSealed = detail is null ? null : sealer.SealSystem(DetailPurpose, Encoding.UTF8.GetBytes(detail), userId),
            Now = now,
            ExpiresAt = now + age,
            Most = MostInAnHour,
        };
        if (await tx.RunAsync(Add, row, ct) == 0) return null;
        await tx.CommitAsync(ct);
        return token;
    }

    /// <summary>Whose it is, without using it; null when it is not, or no longer, good.</summary>
    public async Task<OneUse?> LookAsync(string purpose, string token, CancellationToken ct) =>
        HasShape(token) ? Open(await db.FindAsync<Row>(Live, Args(purpose, token), ct)) : null;

    /// <summary>Uses it up, if and only if <paramref name="tx"/> commits.</summary>
    public async Task<OneUse?> RedeemAsync(SystemTransaction tx, string purpose, string token, CancellationToken ct) =>
        HasShape(token) ? Open(await tx.FindAsync<Row>(Use, Args(purpose, token), ct)) : null;

    public static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    public static bool HasShape(string? token) => token is not null && token.Length == Base64Url.GetEncodedLength(Bytes);

    private object Args(string purpose, string token) => new { Hash = HashOf(token), Purpose = purpose, Now = time.GetUtcNow() };

    private OneUse? Open(Row? row) =>
        row is null ? null : new OneUse(row.UserId, row.DetailSealed is { } detail ? Encoding.UTF8.GetString(sealer.OpenSystem(DetailPurpose, detail, row.UserId)) : null);

    private sealed record Row(long UserId, byte[]? DetailSealed);
}

/// <summary>Whose it is, and what was kept with it.</summary>
internal sealed record OneUse(long UserId, string? Detail);
