using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Modular.Kernel.Auditing;
using Modular.Tenancy.SignIn;

namespace Modular.Tenancy.Factors;

/// <summary>
/// Sign-in by a passkey alone. Until one has answered nobody is known, so the question waits in a sealed cookie and takes no row that strangers could pile up; what was
/// answered once is remembered for as long as that cookie could come again.
/// </summary>
internal sealed class PasskeySignIn(Passkeys passkeys, IDataProtectionProvider protection, CookieNames names, SystemDb db, ISealer sealer, IRefusalLog refusals, TimeProvider time)
{
    private const string Spend = """
        insert into tenancy.challenge (hash, state_sealed, tries, expires_at) values (@Hash, @StateSealed, @Tries, @ExpiresAt)
        on conflict (hash) do nothing
        """;

    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("tenancy.passkey").ToTimeLimitedDataProtector();

    public bool ArePossible => passkeys.ArePossible;

    public async Task<string> AskAsync(HttpContext context)
    {
        var (options, state) = await passkeys.AskAsync(context, userId: null);
        context.Response.Cookies.Append(names.Passkey, _protector.Protect(state, Challenges.Age), Cookie(context, Challenges.Age));
        return options;
    }

    /// <returns>Whose passkey it was; null when it was none of ours, or not an answer to the question that this browser was asked, or answered it before.</returns>
    public async Task<long?> CheckAsync(HttpContext context, string? credentialJson, CancellationToken ct)
    {
        if (credentialJson is not { Length: > 0 and < 20_000 } || Open(context) is not { } state) return null;
        context.Response.Cookies.Delete(names.Passkey, Cookie(context, null));
        if (await passkeys.CheckAsync(context, state, credentialJson, ct) is { } userId && await SpendAsync(state, ct)) return userId;
        refusals.Refused(null, "anonymous", "sign-in.refused", "passkey", "an unknown passkey, or one that answered another question");
        return null;
    }

    private string? Open(HttpContext context)
    {
        if (context.Request.Cookies[names.Passkey] is not { Length: > 0 and < 4000 } cookie) return null;
        try
        {
            return _protector.Unprotect(cookie);
        }
        catch (CryptographicException)   // not ours, changed, or too old
        {
            return null;
        }
    }

    private async Task<bool> SpendAsync(string state, CancellationToken ct) => await db.RunAsync(Spend, new
    {
        Hash = SHA256.HashData(Encoding.UTF8.GetBytes("passkey/" + state)),
        StateSealed = sealer.SealSystem(Challenges.Purpose, []),
        Tries = Challenges.MostTries,
        ExpiresAt = time.GetUtcNow() + Challenges.Age,
    }, ct) == 1;

    private static CookieOptions Cookie(HttpContext context, TimeSpan? age) => new() { HttpOnly = true, Secure = context.Request.IsHttps, SameSite = SameSiteMode.Strict, Path = "/", MaxAge = age, IsEssential = true };
}
