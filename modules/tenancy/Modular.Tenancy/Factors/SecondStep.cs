using Microsoft.AspNetCore.Http;
using Modular.Kernel.Web;
using Modular.Tenancy.Sessions;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Factors;

/// <summary>
/// A sign-in between the password and the factor. Nobody is signed in meanwhile: the browser holds a token for a row that says whose password was right, and that row
/// opens nothing but the page for the factor.
/// </summary>
internal sealed class SecondStep(FactorGate gate, Challenges challenges, Entrance entrance, Accounts accounts, CookieNames names)
{
    public const string ShowPath = "/sign-in/factor";

    public const string AddPath = "/sign-in/new-factor";

    /// <summary>For a session that a password alone began, when its tenant asks for more since.</summary>
    public const string AddInSessionPath = "/account/factors/new-app";

    /// <summary>The password was right. Begins the session where that is enough.</summary>
    /// <returns>The page for the factor; null when the person is in.</returns>
    public async Task<string?> AfterPasswordAsync(HttpContext context, Account account, TenantId? tenant, string? returnTo, CancellationToken ct)
    {
        var need = await gate.NeedAsync(account.UserId, tenant, context.Client.Address, ct);
        if (need is FactorNeed.None)
        {
            await entrance.EnterAsync(context, account, tenant, FactorKinds.Password, ct);
            return null;
        }
        var state = new ChallengeState { TenantId = tenant?.Value, Stamp = account.SecurityStamp, Return = returnTo, TotpKey = need is FactorNeed.Add ? System.Security.Cryptography.RandomNumberGenerator.GetBytes(Totp.KeyBytes) : null };
        var token = await challenges.OpenAsync(account.UserId, state, ct);
        context.Response.Cookies.Append(names.Step, token, Cookie(context, Challenges.Age));
        return need is FactorNeed.Add ? AddPath : ShowPath;
    }

    /// <returns>Null when there is none, it is over, or the password was changed since.</returns>
    public async Task<PendingSignIn?> FindAsync(HttpContext context, CancellationToken ct)
    {
        if (context.Request.Cookies[names.Step] is not { Length: 64 } token || await challenges.FindAsync(token, ct) is not { UserId: { } userId } challenge) return null;
        return await accounts.FindAsync(userId, ct) is { } account && account.SecurityStamp == challenge.State.Stamp
            ? new PendingSignIn(challenge, account, challenge.State.TenantId is { } id ? new TenantId(id) : null)
            : null;
    }

    /// <summary>The factor was shown, and the challenge closed.</summary>
    public async Task EnterAsync(HttpContext context, PendingSignIn pending, string by, CancellationToken ct)
    {
        context.Response.Cookies.Delete(names.Step, Cookie(context, null));
        await entrance.EnterAsync(context, pending.Account, pending.Tenant, by, ct);
    }

    private static CookieOptions Cookie(HttpContext context, TimeSpan? age) => new() { HttpOnly = true, Secure = context.Request.IsHttps, SameSite = SameSiteMode.Strict, Path = "/", MaxAge = age, IsEssential = true };
}

/// <param name="Tenant">Null for an operator who is in no tenant.</param>
internal sealed record PendingSignIn(Challenge Challenge, Account Account, TenantId? Tenant);
