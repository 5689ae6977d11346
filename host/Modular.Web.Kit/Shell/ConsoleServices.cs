using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Modular.Web.Kit.Navigation;

namespace Modular.Web.Kit;

/// <summary>What the host adds once so that every module's pages have a shell.</summary>
public static class ConsoleServices
{
    /// <summary>
    /// For every console answer. Scripts, styles and data come from here alone; nothing may frame us; nothing inline runs.
    /// </summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    public static IServiceCollection AddConsole(this IServiceCollection services)
    {
        services.AddLocalization();
        services.AddTransient<IStartupFilter, EnglishFirst>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<NavigationMenu>();
        services.AddNavigation(new NavigationItem(NavigationGroup.Dashboard, Text.Get("GroupDashboard"), "/", 0));
        // The server judges what was typed, and says so beside the field; no second set of rules in the browser.
        services.Configure<MvcViewOptions>(options => options.HtmlHelperOptions.ClientValidationEnabled = false);
        return services;
    }

    /// <summary>The few addresses that the shell itself needs.</summary>
    public static IEndpointRouteBuilder MapConsole(this IEndpointRouteBuilder routes)
    {
        // Without antiforgery, so that it works on pages that have no form token: the worst a forged call can do is change a colour.
        routes.MapPost("/console/theme", (HttpContext context, [FromForm] string theme, [FromForm] string? back) =>
        {
            Theme.Remember(context, theme);
            return Results.LocalRedirect(IsLocal(back) ? back! /* IsLocal refuses null */ : "/");
        }).DisableAntiforgery().AllowAnonymous();
        routes.MapPost("/console/cookies", (HttpContext context, [FromForm] string? back) =>
        {
            CookieNotice.Remember(context);
            return Results.LocalRedirect(IsLocal(back) ? back! /* IsLocal refuses null */ : "/");
        }).DisableAntiforgery().AllowAnonymous();
        return routes;
    }

    private static bool IsLocal(string? path) => path is ['/', ..] and not ['/', '/' or '\\', ..] && !path.AsSpan().ContainsAny('\r', '\n');
}
