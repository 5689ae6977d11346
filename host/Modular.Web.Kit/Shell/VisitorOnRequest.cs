using Microsoft.AspNetCore.Http;

namespace Modular.Web.Kit;

/// <summary>The visitor's time zone, which the console's script writes into a cookie; UTC until it has.</summary>
public static class VisitorOnRequest
{
    public const string Cookie = "zone";

    extension(HttpContext context)
    {
        public TimeZoneInfo VisitorZone =>
            context.Request.Cookies[Cookie] is { Length: > 0 and < 64 } id && TimeZoneInfo.TryFindSystemTimeZoneById(Uri.UnescapeDataString(id), out var zone)
                ? zone
                : TimeZoneInfo.Utc;
    }
}
