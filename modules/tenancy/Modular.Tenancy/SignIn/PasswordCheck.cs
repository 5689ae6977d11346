using Modular.Kernel.Auditing;
using Modular.Tenancy.Policies;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.SignIn;

/// <summary>
/// Whether an address and a password belong together: the one place where passwords are checked, whichever door they came to. Unknown
/// addresses cost the same work and get the same answer as wrong passwords; so does a place that a tenant's own policy has locked, since another answer
/// would tell that there is such a person.
/// </summary>
internal sealed class PasswordCheck(Accounts accounts, Passwords passwords, PolicyBook policies, SignInThrottle throttle, LockOut lockOut, ISealer sealer, IRefusalLog refusals)
{
    private static readonly Account Nobody = new(0, [], "", "");

    public async Task<PasswordVerdict> CheckAsync(string name, string password, Func<Account, Origin> originOf, CancellationToken ct)
    {
        var isAddress = EmailAddress.TryParse(name, out var address, out _);
        var index = isAddress ? accounts.IndexOf(address!) : sealer.IndexSystem("tenancy.user.none", name.Length > EmailAddress.MaxBytes ? "" : name);
        var account = isAddress ? await accounts.FindAsync(address!, ct) : null;
        var origin = originOf(account ?? Nobody);
        var policy = (await policies.OfPersonAsync(account?.UserId ?? 0, ct)).LockOut;

        using var turn = await passwords.WaitTurnAsync(ct);
        if (!turn.IsAcquired) return new PasswordVerdict.TooMany(TimeSpan.FromSeconds(10));
        // Asked after the turn, so that attempts made all at once do not all pass before the first of them has failed.
        if (throttle.Wait(index, origin) is { } wait)
        {
            await RecordAsync(account, "too many attempts", ct);
            return new PasswordVerdict.TooMany(wait);
        }
        var isLocked = lockOut.IsLocked(index, origin, policy);
        var isOutdated = false;
        if (account is null | isLocked | !await Task.Run(() => passwords.IsRight(account?.PasswordHash, password, out isOutdated), ct))   // all sides, always: the work must not tell
        {
            throttle.CountFailure(index, origin);
            if (!isLocked) lockOut.CountFailure(index, origin, policy);   // waiting is not made longer by trying
            await RecordAsync(account, isLocked ? "locked out by the policy" : "wrong password", ct);
            return new PasswordVerdict.Wrong();
        }
        lockOut.Forget(index, origin);
        if (isOutdated) await accounts.RehashAsync(account!, password, ct);
        return new PasswordVerdict.Right(account!);
    }

    /// <summary>On record wherever the person works. What was typed is not: people type their password into the wrong field. The same query for nobody, so that time tells nothing.</summary>
    private async Task RecordAsync(Account? account, string reason, CancellationToken ct)
    {
        var (userId, nameSealed, _, _) = account ?? Nobody;
        var actor = account is null ? "anonymous" : "user:" + accounts.OpenName(userId, nameSealed);
        var tenants = await accounts.TenantsOfAsync(userId, ct);
        if (tenants.Count == 0) refusals.Refused(null, actor, "sign-in.refused", $"user/{userId}", reason);
        foreach (var tenant in tenants) refusals.Refused(tenant, actor, "sign-in.refused", $"user/{userId}", reason);
    }
}

internal abstract record PasswordVerdict
{
    private PasswordVerdict()
    {
    }

    public sealed record Right(Account Account) : PasswordVerdict;

    public sealed record Wrong : PasswordVerdict;

    public sealed record TooMany(TimeSpan Wait) : PasswordVerdict;
}
