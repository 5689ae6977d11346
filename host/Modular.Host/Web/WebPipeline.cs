using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Modular.Host.Loading;
using Modular.Host.Observing;
using Modular.Host.Settings;
using Modular.Web.Kit;

namespace Modular.Host.Web;

/// <summary>Everything that speaks HTTP: services first, then the order in which a request passes.</summary>
internal static class WebPipeline
{
    public static IServiceCollection AddWeb(this IServiceCollection services, HostSettings settings, IReadOnlyList<LoadedModule> modules)
    {
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, ConsoleListener>();
        services.AddConsole();
        services.AddAuthentication();
        services.AddAuthorization();
        services.AddAntiforgery();
        services.AddRateLimiter(options => options.RejectionStatusCode = StatusCodes.Status429TooManyRequests);
        services.AddProblemDetails();
        services.AddRazorPages().ConfigureApplicationPartManager(manager => UseParts(manager, modules));
        services.AddHsts(hsts => (hsts.MaxAge, hsts.IncludeSubDomains) = (TimeSpan.FromDays(365), true));
        services.Configure<HostFilteringOptions>(o => o.AllowedHosts = ["localhost", "127.0.0.1", "[::1]", settings.Facts.PublicUrl.Host]);
        return services;
    }

    public static void UseWeb(this WebApplication app, HostSettings settings, IReadOnlyList<LoadedModule> modules)
    {
        settings.Proxies.UseOn(app);
        app.UseAuditOrigin();
        app.UseHostFiltering();   // a page elsewhere whose name is made to point here gets nothing
        app.UseHsts();
        app.UseSecurityHeaders();
        app.UseSecureCookies();
        app.UseWhen(IsApi, api => api.UseExceptionHandler().UseStatusCodePages());
        app.UseWhen(IsPerson, pages => pages.UseExceptionHandler("/error/500", createScopeForErrors: true).UseStatusCodePagesWithReExecute("/error/{0}"));
        app.UseMiddleware<IllFormedText>();
        app.UseRouting();
        app.UseMiddleware<PlainHttp>();
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseMiddleware<CallerBinding>();
        app.UseAuthorization();
        app.UseAntiforgery();

        app.MapStaticAssets();
        app.MapConsole();
        app.MapRazorPages();
        app.MapHealth();
        app.MapMetrics();
        var api = app.MapGroup("/api/v1").WithMetadata(new ApiEndpoint()).DisableAntiforgery();   // no cookie opens it, so no page can forge it
        foreach (var module in modules)
            module.Module.MapEndpoints(new ModuleRoutes(api, app));
        app.MapFallback("/api/{**rest}", () => Results.Problem(statusCode: StatusCodes.Status404NotFound, detail: "There is no such address below /api/v1."));
    }

    internal static bool IsApi(HttpContext context) => context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal);

    /// <summary>A browser that shows what comes back; programs get the bare status.</summary>
    private static bool IsPerson(HttpContext context) =>
        !IsApi(context) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    /// <summary>Names the parts instead of guessing them from the executable's references: in tests that is another executable.</summary>
    private static void UseParts(ApplicationPartManager manager, IReadOnlyList<LoadedModule> modules)
    {
        manager.ApplicationParts.Clear();
        foreach (var assembly in modules.Select(m => m.Assembly).Append(typeof(ConsoleServices).Assembly).Append(typeof(WebPipeline).Assembly))
        {
            foreach (var part in ApplicationPartFactory.GetApplicationPartFactory(assembly).GetApplicationParts(assembly))
                manager.ApplicationParts.Add(part);
        }
    }
}
