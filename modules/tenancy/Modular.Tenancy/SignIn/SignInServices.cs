using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Modular.Tenancy.Policies;
using Modular.Tenancy.Sessions;
using Modular.Web.Kit;

namespace Modular.Tenancy.SignIn;

internal static class SignInServices
{
    private const string SignInPath = "/sign-in";

    public static IServiceCollection AddSignIn(this IServiceCollection services)
    {
        services
            .AddSingleton<CookieNames>()
            .AddSingleton<KnownDevice>()
            .AddSingleton<LockOut>()
            .AddSingleton<ISeatChoices, SeatChoices>()
            .AddSingleton<PasswordCheck>()
            .AddSingleton<OneUseTokens>()
            .AddSingleton<PasswordReset>()
            .AddHostedService(s => s.GetRequiredService<PasswordReset>())
            .AddSingleton<Memberships>()
            .AddSingleton<Callers>()
            .AddSingleton<ICredentials, BasicCredentials>()
            .AddSingleton<ConsoleCookie>()
            .AddSingleton<SessionBook>()
            .AddSingleton<Entrance>()
            .AddSingleton<PolicyBook>()
            .AddSingleton<ICallers>(s => s.GetRequiredService<Callers>())
            .AddSingleton<HandlerPermissions>()
            .Configure<MvcOptions>(mvc => mvc.Filters.AddService<HandlerPermissions>());

        services.AddNavigation(new NavigationItem(NavigationGroup.Settings, "Security", "/settings/security", 50, Permissions.SecurityManage));
        services.AddAuthentication(ConsoleCookie.Scheme).AddCookie(ConsoleCookie.Scheme);
        services.AddOptions<CookieAuthenticationOptions>(ConsoleCookie.Scheme).Configure<CookieNames>((cookie, names) =>
        {
            cookie.Cookie.Name = names.Session;
            Guard(cookie.Cookie, SameSiteMode.Lax);
            cookie.ExpireTimeSpan = TimeSpan.FromHours(12);   // each session says itself when it ends
            cookie.SlidingExpiration = false;
            cookie.LoginPath = SignInPath;
            cookie.ReturnUrlParameter = "return";
            cookie.EventsType = typeof(ConsoleCookie);
        });
        services.AddOptions<AntiforgeryOptions>().Configure<CookieNames>((form, names) =>
        {
            form.Cookie.Name = names.Form;
            Guard(form.Cookie, SameSiteMode.Strict);
        });
        return services;
    }

    private static void Guard(CookieBuilder cookie, SameSiteMode sameSite)
    {
        cookie.Path = "/";
        cookie.HttpOnly = true;
        cookie.SameSite = sameSite;
        cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
    }
}
