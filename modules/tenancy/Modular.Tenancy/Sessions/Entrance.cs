using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Modular.Kernel.Auditing;
using Modular.Kernel.Web;
using Modular.Tenancy.Networks;
using Modular.Tenancy.Policies;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Sessions;

/// <summary>How a browser gets, changes and loses its session. Each change of what it may do comes with another token, so that one that was planted before is worth nothing after.</summary>
internal sealed class Entrance(
    SessionBook sessions, Accounts accounts, ITenants tenants, PolicyBook policies, NetworkRules networks, KnownDevice devices, Memberships memberships, Deeds deeds, IRefusalLog refusals, TimeProvider time)
{
    /// <summary>The tenant that this person comes to first; null when none of theirs is active and lets them in from here.</summary>
    /// <param name="client">Null for a socket of this machine.</param>
    /// <returns>And whether there is one that would, from elsewhere.</returns>
    public async Task<(TenantId? Tenant, bool IsTurnedAway)> FirstTenantAsync(long userId, IPAddress? client, CancellationToken ct)
    {
        var isTurnedAway = false;
        foreach (var id in await accounts.TenantsOfAsync(userId, ct))
        {
            if (await tenants.FindAsync(id, ct) is not { State: TenantState.Active }) continue;
            if ((await networks.FindAsync(id, ct)).Allow(userId, NetworkList.None, client)) return (id, false);
            refusals.Refused(id, $"user/{userId}", "sign-in.refused", "network", "the address is in none of the networks that are allowed");
            isTurnedAway = true;
        }
        return (null, isTurnedAway);
    }

    /// <summary>Begins a session, once everything that the policy asks for has been shown.</summary>
    /// <param name="tenant">Null for an operator who is in no tenant.</param>
    /// <param name="provenBy">The last factor: password, totp, passkey, sms, recovery.</param>
    public async Task EnterAsync(HttpContext context, Account account, TenantId? tenant, string provenBy, CancellationToken ct)
    {
        var policy = tenant is { } id ? await policies.FindAsync(id, ct) : AccessPolicy.Default;
        var expiresAt = time.GetUtcNow().AddHours(policy.Session.LongestHours);
        var (sessionId, token) = await sessions.OpenAsync(account.UserId, tenant, account.SecurityStamp, provenBy, ClientTrace.Of(context), expiresAt, ct);
        await ConsoleCookie.WriteAsync(context, token, expiresAt);
        devices.Remember(context, account.UserId);
        await accounts.SignedInAsync(account.UserId, ct);
        var actor = (tenant is null ? "operator:" : "user:") + accounts.OpenName(account.UserId, account.NameSealed);
        await deeds.RecordAsync(tenant, new AuditEntry(actor, "user.signed-in", $"user/{account.UserId}", $"session/{sessionId} by {provenBy}"), ct);
    }

    /// <summary>This session has just shown a fresh factor.</summary>
    public async Task ProveAgainAsync(HttpContext context, string provenBy, CancellationToken ct)
    {
        var caller = context.Caller;
        if (caller.SessionId is not { } sessionId || await sessions.RotateAsync(sessionId, provenBy, ct) is not { } turned) return;
        await ConsoleCookie.WriteAsync(context, turned.Token, turned.ExpiresAt);
        await deeds.RecordAsync(caller.OwnTenant, new AuditEntry(caller.Actor, "user.proved-again", $"user/{caller.UserId}", provenBy), ct);
    }

    /// <summary>Another token for a session that outlives a change of its account. What was proven before is no fresher by that.</summary>
    public async Task RenewAsync(HttpContext context, CancellationToken ct)
    {
        if (context.Caller.SessionId is { } sessionId && await sessions.RotateAsync(sessionId, null, ct) is { } turned) await ConsoleCookie.WriteAsync(context, turned.Token, turned.ExpiresAt);
    }

    /// <summary>To another tenant of this person's, or out of all of them (null, operators only).</summary>
    /// <returns>False when it is not theirs: nothing has changed then.</returns>
    public async Task<bool> SwitchAsync(HttpContext context, TenantId? tenant, CancellationToken ct)
    {
        if (context.Caller is not { UserId: { } userId, SessionId: { } sessionId } || await accounts.FindAsync(userId, ct) is not { } account) return false;
        if (await memberships.SeatAsync(userId, tenant, account.SecurityStamp, ct) is not { } seat) return false;
        var policy = tenant is { } id ? await policies.FindAsync(id, ct) : AccessPolicy.Default;
        if (await sessions.MoveAsync(sessionId, tenant, policy.Session.LongestHours, ct) is not { } moved) return false;
        await ConsoleCookie.WriteAsync(context, moved.Token, moved.ExpiresAt);
        await deeds.RecordAsync(tenant, new AuditEntry(seat.Caller.Actor, seat.Caller.SupportUntil is null ? "user.entered" : "support.entered", $"user/{userId}", $"session/{sessionId}"), ct);
        return true;
    }

    public async Task LeaveAsync(HttpContext context, CancellationToken ct)
    {
        if (context.FindCaller() is { UserId: { } userId, SessionId: { } sessionId } caller)
        {
            await sessions.RevokeAsync(userId, sessionId, ct);
            await deeds.RecordAsync(caller.OwnTenant, new AuditEntry(caller.Actor, "user.signed-out", $"user/{userId}"), ct);
        }
        await context.SignOutAsync(ConsoleCookie.Scheme);
        if (context.Request.IsHttps) context.Response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";   // not cookies: the one that keeps strangers from locking them out stays
    }
}
