using Modular.Tenancy.Users;

namespace Modular.Tenancy.SignIn;

/// <summary>
/// Whether an address and a password belong together: the one place where passwords are checked, whichever door they came to. Unknown
/// addresses cost the same work and get the same answer as wrong passwords.
/// </summary>
internal sealed class PasswordCheck(Accounts accounts, Passwords passwords, SignInThrottle throttle, ISealer sealer)
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
        if (throttle.Wait(index, origin) is { } wait) return new PasswordVerdict.TooMany(wait);
        var isOutdated = false;
        if (account is null | !await Task.Run(() => passwords.IsRight(account?.PasswordHash, password, out isOutdated), ct))   // both sides, always: the work must not tell
        {
            throttle.CountFailure(index, origin);
            return new PasswordVerdict.Wrong();
        }
        if (isOutdated) await accounts.RehashAsync(account!, password, ct);
        return new PasswordVerdict.Right(account!);
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
