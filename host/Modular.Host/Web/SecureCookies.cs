namespace Modular.Host.Web;

/// <summary>
/// Over HTTPS each cookie of ours is called <c>__Host-</c> and more: it is sent over TLS alone, and no other host of the domain can set or see it (RFC 6265bis §4.1.3.2).
/// On plain HTTP, which is for the machine itself, browsers refuse that prefix. Whoever sets or reads a cookie knows nothing of it: the name is changed here, on its way out and in.
/// </summary>
internal static class SecureCookies
{
    private const string Prefix = "__Host-";
    private const string Ours = "modular";

    public static void UseSecureCookies(this IApplicationBuilder app)
    {
        app.Use((context, next) =>
        {
            if (context.Request.IsHttps && context.Request.Headers.Cookie.Count > 0)
                context.Request.Headers.Cookie = Incoming(context.Request.Headers.Cookie.ToString());
            return next(context);
        });
        app.UseCookiePolicy(new CookiePolicyOptions
        {
            Secure = CookieSecurePolicy.SameAsRequest,
            OnAppendCookie = cookie => Arm(cookie.Context, cookie.CookieName, cookie.CookieOptions, name => cookie.CookieName = name),
            OnDeleteCookie = cookie => Arm(cookie.Context, cookie.CookieName, cookie.CookieOptions, name => cookie.CookieName = name),
        });
    }

    /// <summary>Ours lose the prefix; one of our names without it was set by another host or over plain HTTP, and is nobody's.</summary>
    internal static string Incoming(string header) => string.Join("; ", header.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Where(c => !c.StartsWith(Ours, StringComparison.Ordinal))
        .Select(c => c.StartsWith(Prefix + Ours, StringComparison.Ordinal) ? c[Prefix.Length..] : c));

    private static void Arm(HttpContext context, string name, CookieOptions options, Action<string> rename)
    {
        if (!context.Request.IsHttps || !name.StartsWith(Ours, StringComparison.Ordinal))
            return;
        (options.Secure, options.Path, options.Domain) = (true, "/", null);
        rename(Prefix + name);
    }
}
