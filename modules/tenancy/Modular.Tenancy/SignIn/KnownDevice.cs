using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace Modular.Tenancy.SignIn;

/// <summary>
/// A cookie that says: on this device this person has signed in before. It opens nothing; it only has its wrong passwords counted apart, so that a stranger's attempts
/// elsewhere never lock the owner out.
/// </summary>
internal sealed class KnownDevice(IDataProtectionProvider protection, CookieNames names)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(180);

    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("tenancy.known-device").ToTimeLimitedDataProtector();

    /// <returns>The device's own word; null when it is not known for this person.</returns>
    public string? Find(HttpContext context, long userId)
    {
        if (context.Request.Cookies[names.Device] is not { Length: > 0 and < 1000 } cookie) return null;
        try
        {
            return _protector.Unprotect(cookie).Split(' ') is [var user, var device] && user == userId.ToString(CultureInfo.InvariantCulture) ? device : null;
        }
        catch (CryptographicException)   // not ours, changed, or too old
        {
            return null;
        }
    }

    public void Remember(HttpContext context, long userId)
    {
        var device = Find(context, userId) ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var cookie = _protector.Protect(string.Create(CultureInfo.InvariantCulture, $"{userId} {device}"), Lifetime);
        context.Response.Cookies.Append(names.Device, cookie, new CookieOptions
        {
            HttpOnly = true,
            Secure = context.Request.IsHttps,
            SameSite = SameSiteMode.Strict,
            Path = "/",
            MaxAge = Lifetime,
            IsEssential = true,
        });
    }
}
