using Modular.Kernel.Auditing;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.SignIn;

/// <summary>
/// Whether an address and a password belong together: the one place where passwords are checked, whichever door they came to. Unknown
/// addresses cost the same work and get the same answer as wrong passwords.
/// </summary>
internal sealed class PasswordCheck(Accounts accounts, Passwords passwords, SignInThrottle throttle, ISealer sealer, IRefusalLog refusals)
{
    public async Task<PasswordVerdict> CheckAsync(string name, string password, Func<Account, Origin> originOf, CancellationToken ct)
    {
        var isAddress = EmailAddress.TryParse(name, out var address, out _);
        var index = isAddress ? accounts.IndexOf(address!) : sealer.IndexSystem("tenancy.user.none", name.Length > EmailAddress.MaxBytes ? "" : name);
        var account = isAddress ? await accounts.FindAsync(address!, ct) : null;
        var origin = originOf(account ?? Nobody);

        using var turn = await passwords.WaitTurnAsync(ct);
        if (!turn.IsAcquired) return new PasswordVerdict.TooMany(TimeSpan.FromSeconds(10));
        // Asked after the turn, so that attempts made all at once do not all pass before the first of them has failed.
        if (throttle.Wait(index, origin) is { } wait)
        {
            await RecordAsync(account, "too many attempts", ct);
            return new PasswordVerdict.TooMany(wait);
        }
        var isOutdated = false;
        if (account is null | !await Task.Run(() => passwords.IsRight(account?.PasswordHash, password, out isOutdated), ct))   // both sides, always: the work must not tell
        {
            throttle.CountFailure(index, origin);
            await RecordAsync(account, "wrong password", ct);
            return new PasswordVerdict.Wrong();
        }
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

    private static readonly Account Nobody = new(0, [], "", "");
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
