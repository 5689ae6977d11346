using System.Globalization;
using Modular.Tenancy.Policies;

namespace Modular.Tenancy.Users;

/// <summary>Whether a new password will do for this person: long enough, not common, without denied words, not one of their last. A password that is in use is never judged again.</summary>
internal sealed class PasswordJudge(SystemDb db, Accounts accounts, PolicyBook policies, ITenants tenants, Passwords passwords)
{
    private const string Had = """
        select password_hash from tenancy.user_account where user_id = @UserId
        union all
        (select hash from tenancy.password_history where user_id = @UserId order by set_at desc limit @History - 1)
        """;

    /// <param name="userId">Null for one who is new.</param>
    /// <param name="joining">A tenant that they are about to join; null for none.</param>
    /// <returns>What stands in the way; null when nothing does.</returns>
    public async Task<Fault?> FaultOfAsync(long? userId, EmailAddress address, string password, TenantId? joining, CancellationToken ct)
    {
        var ids = userId is { } id ? (await accounts.TenantsOfAsync(id, ct)).ToHashSet() : [];
        if (joining is { } next) ids.Add(next);
        var rules = new List<AccessPolicy>();
        var context = WordsOf(address).ToList();
        foreach (var tenant in ids)
        {
            rules.Add(await policies.FindAsync(tenant, ct));
            if (await tenants.FindAsync(tenant, ct) is { } known) context.AddRange(known.Name.Split(' ').Append(known.Slug));
        }
        var rule = AccessPolicy.Strictest(rules).Password;
        if (FaultOf(password, rule, context) is { } fault) return fault;
        return userId is { } person && rule.History > 0 && await IsOneOfTheLastAsync(person, password, rule.History, ct) ? new PasswordHadBefore(rule.History) : null;
    }

    /// <summary>What can be said before there is a person or a tenant.</summary>
    public static Fault? FaultOf(string password, EmailAddress address) => FaultOf(password, AccessPolicy.Default.Password, WordsOf(address));

    private static IEnumerable<string> WordsOf(EmailAddress address) => [address.Text, .. address.Text.Split('@', '.')];

    /// <param name="context">Words that a guesser who knows the person would try.</param>
    internal static Fault? FaultOf(string password, PasswordPolicy rule, IEnumerable<string> context)
    {
        if (!PasswordRule.IsWithinBounds(password)) return new PasswordTooLong();
        var normal = PasswordRule.Normal(password);
        if (new StringInfo(normal).LengthInTextElements < rule.Shortest) return new PasswordTooShort(rule.Shortest);
        if (rule.DeniedWords.FirstOrDefault(w => normal.Contains(w, StringComparison.OrdinalIgnoreCase)) is { } denied) return new PasswordHoldsDeniedWord(denied);
        return CommonPasswords.IsCommon(normal, context) ? new PasswordIsCommon() : null;
    }

    private async Task<bool> IsOneOfTheLastAsync(long userId, string password, int history, CancellationToken ct)
    {
        using var turn = await passwords.WaitTurnAsync(ct);
        foreach (var hash in await db.ListAsync<string>(Had, new { UserId = userId, History = history }, ct))
        {
            if (await Task.Run(() => passwords.IsRight(hash, password, out _), ct)) return true;
        }
        return false;
    }
}
