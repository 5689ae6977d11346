using Modular.Kernel.Auditing;
using Modular.Kernel.Web;

namespace Modular.Host.Web;

/// <summary>Notes for the audit, at the start of each request, through which door and from where it came. After the proxies' headers were judged.</summary>
internal static class AuditOrigins
{
    /// <summary>Forms, preferences, unsubscribing, opens, clicks, the message as a page: what a recipient reaches without signing in.</summary>
    private static readonly PathString[] Public = ["/f", "/p", "/u", "/o", "/c", "/v"];

    public static void UseAuditOrigin(this WebApplication app) => app.Use((context, next) =>
    {
        AuditOrigin.Current = new AuditOrigin(DoorOf(context.Request.Path), context.Client.Address);
        return next(context);
    });

    private static string DoorOf(PathString path)
    {
        if (path.StartsWithSegments("/api", StringComparison.Ordinal))
            return AuditDoors.Rest;
        if (path.StartsWithSegments("/dav", StringComparison.Ordinal))
            return AuditDoors.WebDav;
        return Array.Exists(Public, prefix => path.StartsWithSegments(prefix, StringComparison.Ordinal)) ? AuditDoors.Public : AuditDoors.Console;
    }
}
