using Microsoft.AspNetCore.Http;

namespace Modular.Web.Kit;

/// <summary>That there are cookies, said until the visitor has understood; that they have is itself a cookie.</summary>
internal static class CookieNotice
{
    public const string Cookie = "cookies";

    private const string Understood = "understood";

    public static bool IsWanted(HttpContext context) => context.Request.Cookies[Cookie] != Understood;

    public static void Remember(HttpContext context) => context.Response.Cookies.Append(Cookie, Understood, new CookieOptions
    {
        MaxAge = TimeSpan.FromDays(365),
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
        HttpOnly = true,
        IsEssential = true,
    });
}
