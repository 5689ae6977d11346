using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Modular.Kernel.Web;
using Modular.Tenancy.Factors;
using Modular.Tenancy.Networks;
using Modular.Tenancy.Pages.Tenancy;
using Modular.Tenancy.Policies;
using Modular.Tenancy.Sessions;

namespace Modular.Tenancy.SignIn;

/// <summary>
/// The console's cookie: sealed, and inside it a session's token and nothing else. Who that is and what they may do is looked up at each request.
/// </summary>
internal sealed class ConsoleCookie(SessionBook sessions, Memberships memberships, PolicyBook policies, NetworkRules networks, FactorGate gate, TimeProvider time) : CookieAuthenticationEvents
{
    public const string Scheme = "console";

    public const string TokenClaim = "session";

    /// <summary>Ends with the browser, or at <paramref name="expiresAt"/>.</summary>
    public static Task WriteAsync(HttpContext context, string token, DateTimeOffset expiresAt) => context.SignInAsync(
        Scheme, new ClaimsPrincipal(new ClaimsIdentity([new Claim(TokenClaim, token)], Scheme)), new AuthenticationProperties { ExpiresUtc = expiresAt });

    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        var http = context.HttpContext;
        if (context.Principal?.FindFirstValue(TokenClaim) is { } token && await CallerAsync(http, token) is { } caller)
        {
            http.Features.Set(caller);
            return;
        }
        context.RejectPrincipal();   // and no more: a late answer to the token before last must not take the newest away
    }

    private async Task<Caller?> CallerAsync(HttpContext http, string token)
    {
        var ct = http.RequestAborted;
        if (await sessions.FindAsync(token, ct) is not { } session) return null;
        if (await memberships.SeatAsync(session.UserId, session.Tenant, session.Stamp, ct) is not { } seat)
        {
            sessions.Forget(token);   // its stamp may have been renewed by another process since we looked
            return null;
        }
        var policy = session.Tenant is { } tenant ? await policies.FindAsync(tenant, ct) : AccessPolicy.Default;
        var now = time.GetUtcNow();
        if (now - session.SeenAt > TimeSpan.FromMinutes(policy.Session.IdleMinutes)) return null;
        if (session.Tenant is not null && !await networks.AllowAsync(seat.Caller, NetworkList.None, http.Client.Address, ct)) return null;
        if (!http.Request.Headers.ContainsKey("HX-Request")) await sessions.UsedAsync(session, token, Origin.Of(http).Network, ct);   // a page that refreshes itself is nobody at work
        var owed = session.ProvenBy is FactorKinds.Password ? await gate.OwesAsync(session.UserId, session.Tenant, http.Client.Address, ct) : FactorNeed.None;
        return seat.Caller with { SessionId = session.SessionId, ProvenAt = session.ProvenAt, ProvenBy = session.ProvenBy, Detour = DetourOf(owed, seat, policy, now) };
    }

    private static string? DetourOf(FactorNeed owed, Seat seat, AccessPolicy policy, DateTimeOffset now) =>
        owed is FactorNeed.Add ? SecondStep.AddInSessionPath
        : owed is FactorNeed.Show ? StepUp.Path
        : seat.OwesAgreement ? AgreementModel.Path
        : policy.Password.LongestAgeDays is { } days && now - seat.PasswordSetAt > TimeSpan.FromDays(days) ? AccountPasswordModel.Path
        : null;
}
