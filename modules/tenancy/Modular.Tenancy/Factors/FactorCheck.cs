using System.Security.Cryptography;
using System.Text;
using Modular.Kernel.Auditing;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Factors;

/// <summary>
/// Whether what was typed is a factor of this person's: a code of an app, of an SMS, or a recovery code. Wrong ones are counted with wrong passwords, so
/// guessing here is as slow as guessing there.
/// </summary>
internal sealed class FactorCheck(FactorBook book, RecoveryCodes recovery, Challenges challenges, SignInThrottle throttle, Accounts accounts, FactorNotices notices, Deeds deeds, IRefusalLog refusals, TimeProvider time)
{
    /// <summary>Judges one answer. The challenge is closed by the right one, and by nothing else.</summary>
    public async Task<FactorVerdict> CheckAsync(Challenge challenge, Account account, TenantId? tenant, Origin origin, string typed, CancellationToken ct)
    {
        var name = accounts.OpenName(account.UserId, account.NameSealed);
        var index = accounts.IndexOf(EmailAddress.Parse(name));
        if (throttle.Wait(index, origin) is { } wait) return new FactorVerdict.TooMany(wait);
        if (!await challenges.TryAsync(challenge, ct)) return new FactorVerdict.Over();

        var verdict = await JudgeAsync(challenge, account.UserId, typed, ct);
        if (verdict is FactorVerdict.Right) return await challenges.CloseAsync(challenge, ct) ? verdict : new FactorVerdict.Over();
        throttle.CountFailure(index, origin);
        refusals.Refused(tenant, "user:" + name, "factor.refused", $"user/{account.UserId}", verdict is FactorVerdict.Used ? "a code that was used before" : "a wrong code");
        return verdict;
    }

    /// <summary>A recovery code went: the trail says so, and how many are left.</summary>
    public async Task RecordAsync(Account account, TenantId? tenant, string by, CancellationToken ct)
    {
        if (by != FactorKinds.Recovery) return;
        var left = await recovery.LeftAsync(account.UserId, ct);
        var name = accounts.OpenName(account.UserId, account.NameSealed);
        await notices.TellAsync(tenant, name, "Recovery", ct);
        await deeds.RecordAsync(tenant, new AuditEntry("user:" + name, "recovery-code.used", $"user/{account.UserId}", $"{left} left"), ct);
    }

    private async Task<FactorVerdict> JudgeAsync(Challenge challenge, long userId, string typed, CancellationToken ct)
    {
        if (typed.Length > 100) return new FactorVerdict.Wrong();
        var digits = typed.Replace(" ", "", StringComparison.Ordinal);
        if (digits.Length == Totp.Digits && digits.All(char.IsAsciiDigit)) return await JudgeDigitsAsync(challenge, userId, digits, ct);
        return await recovery.RedeemAsync(userId, typed, ct) switch
        {
            RecoveryVerdict.Right => new FactorVerdict.Right(FactorKinds.Recovery),
            RecoveryVerdict.Used => new FactorVerdict.Used(),
            _ => new FactorVerdict.Wrong(),
        };
    }

    private async Task<FactorVerdict> JudgeDigitsAsync(Challenge challenge, long userId, string code, CancellationToken ct)
    {
        var factors = await book.ListAsync(userId, ct);
        var state = challenge.State;
        if (state.SmsCode is { } sent && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sent), Encoding.UTF8.GetBytes(code)) && factors.FirstOrDefault(f => f.FactorId == state.SmsFactorId) is { } phone)
        {
            await book.UsedAsync(phone, null, ct);
            return new FactorVerdict.Right(FactorKinds.Sms);
        }
        var wasUsed = false;
        foreach (var app in factors.Where(f => f.Kind == FactorKinds.Totp))
        {
            if (Totp.StepOf(book.SecretOf(app), code, time.GetUtcNow()) is not { } step) continue;
            if (await book.UseStepAsync(app.FactorId, step, ct)) return new FactorVerdict.Right(FactorKinds.Totp);
            wasUsed = true;
        }
        return wasUsed ? new FactorVerdict.Used() : new FactorVerdict.Wrong();
    }
}

internal abstract record FactorVerdict
{
    private FactorVerdict()
    {
    }

    /// <param name="By">One of <see cref="FactorKinds"/>.</param>
    public sealed record Right(string By) : FactorVerdict;

    public sealed record Wrong : FactorVerdict;

    /// <summary>It was right once, and is not again.</summary>
    public sealed record Used : FactorVerdict;

    /// <summary>The question is too old, was answered wrongly too often, or has been answered.</summary>
    public sealed record Over : FactorVerdict;

    public sealed record TooMany(TimeSpan Wait) : FactorVerdict;
}
