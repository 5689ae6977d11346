using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.SignIn;

/// <summary>
/// The console's session: a sealed cookie with the person's number, their tenant's, and the security stamp of their password. What they may do is not
/// in it, but looked up at each request. It lasts a working day and ends with the browser.
/// </summary>
internal sealed class ConsoleCookie(Memberships memberships) : CookieAuthenticationEvents
{
    public const string Scheme = "console";
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private const string TenantClaim = "tenant";
    private const string StampClaim = "stamp";

    public static ClaimsPrincipal PrincipalOf(Account account, TenantId tenant) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, account.UserId.ToString(CultureInfo.InvariantCulture)),
            new Claim(TenantClaim, tenant.ToString()),
            new Claim(StampClaim, account.SecurityStamp),
        ], Scheme));

    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        var session = context.Principal;
        var caller = long.TryParse(session?.FindFirstValue(ClaimTypes.NameIdentifier), NumberStyles.None, CultureInfo.InvariantCulture, out var userId)
            && TenantId.TryParse(session!.FindFirstValue(TenantClaim), null, out var tenant)
            ? await memberships.CallerAsync(userId, tenant, session.FindFirstValue(StampClaim) ?? "", context.HttpContext.RequestAborted)
            : null;
        if (caller is not null)
        {
            context.HttpContext.Features.Set(caller);
            return;
        }
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(Scheme);
    }
}
