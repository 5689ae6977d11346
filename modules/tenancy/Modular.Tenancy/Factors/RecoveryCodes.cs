using System.Security.Cryptography;
using System.Text;

namespace Modular.Tenancy.Factors;

/// <summary>What opens the door when the other factors are lost: ten codes, each good once, shown once.</summary>
internal sealed class RecoveryCodes(SystemDb db, TimeProvider time)
{
    public const int Count = 10;

    /// <summary>32 letters and digits that are not taken for one another: five bits each.</summary>
    private const string Alphabet = "abcdefghjkmnpqrstvwxyz0123456789";

    private const int Letters = 16;

    private const string RemoveAll = "delete from tenancy.recovery_code where user_id = @UserId";

    private const string Add = "insert into tenancy.recovery_code (user_id, hash) select @UserId, unnest(@Hashes)";

    private const string Use = """
        update tenancy.recovery_code set used_at = @Now
         where user_id = @UserId and hash = @Hash
           and used_at is null   -- of two who redeem it at once, the second finds it used
        """;

    private const string WasUsed = "select exists (select from tenancy.recovery_code where user_id = @UserId and hash = @Hash)";

    private const string Left = "select count(*) from tenancy.recovery_code where user_id = @UserId and used_at is null";

    /// <summary>Ten new ones; the old ones are worth nothing any more.</summary>
    public async Task<IReadOnlyList<string>> RenewAsync(long userId, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        var codes = await RenewAsync(tx, userId, ct);
        await tx.CommitAsync(ct);
        return codes;
    }

    public static async Task<IReadOnlyList<string>> RenewAsync(SystemTransaction tx, long userId, CancellationToken ct)
    {
        var codes = Enumerable.Range(0, Count).Select(_ => RandomNumberGenerator.GetString(Alphabet, Letters)).ToList();
        await tx.RunAsync(RemoveAll, new { UserId = userId }, ct);
        await tx.RunAsync(Add, new { UserId = userId, Hashes = codes.Select(c => HashOf(userId, c)).ToArray() }, ct);
        return [.. codes.Select(c => string.Join('-', c.Chunk(4).Select(four => new string(four))))];
    }

    public async Task<RecoveryVerdict> RedeemAsync(long userId, string typed, CancellationToken ct)
    {
        if (!IsOne(typed, out var code)) return RecoveryVerdict.Wrong;
        var args = new { UserId = userId, Hash = HashOf(userId, code), Now = time.GetUtcNow() };
        if (await db.RunAsync(Use, args, ct) == 1) return RecoveryVerdict.Right;
        return await db.FindAsync<bool>(WasUsed, args, ct) ? RecoveryVerdict.Used : RecoveryVerdict.Wrong;
    }

    /// <summary>How many are still good.</summary>
    public async Task<int> LeftAsync(long userId, CancellationToken ct) => (int)await db.FindAsync<long>(Left, new { UserId = userId }, ct);

    /// <summary>Whether this could be one, however it was typed.</summary>
    public static bool IsOne(string typed, out string code)
    {
        code = new string([.. typed.Where(c => c is not ('-' or ' ')).Select(char.ToLowerInvariant)]);
        return code.Length == Letters && code.All(c => Alphabet.Contains(c, StringComparison.Ordinal));
    }

    private static byte[] HashOf(long userId, string code) => SHA256.HashData(Encoding.UTF8.GetBytes($"{userId} {code}"));
}

internal enum RecoveryVerdict
{
    Right,
    Wrong,

    /// <summary>It is one of theirs, and was redeemed before.</summary>
    Used,
}
