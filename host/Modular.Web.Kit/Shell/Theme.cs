using Microsoft.AspNetCore.Http;

namespace Modular.Web.Kit;

/// <summary>Light, dark or as the system says; kept in a cookie so that the first byte of a page already knows it.</summary>
internal static class Theme
{
    public const string Cookie = "theme";

    public static readonly IReadOnlyList<string> Choices = ["system", "light", "dark"];

    public static string Of(HttpContext context) =>
        context.Request.Cookies[Cookie] is { } chosen && Choices.Contains(chosen) ? chosen : "system";

    public static void Remember(HttpContext context, string theme)
    {
        if (!Choices.Contains(theme)) return;
        context.Response.Cookies.Append(Cookie, theme, new CookieOptions
        {
            MaxAge = TimeSpan.FromDays(365),
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
            IsEssential = true,
        });
    }
}
