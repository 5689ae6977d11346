using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Kernel.Auditing;
using Modular.Kernel.Web;

namespace Modular.Host.Web;

/// <summary>
/// The one place where a request gets its caller and an endpoint's permissions are checked, for REST and pages alike. What names
/// no permission is closed to everyone, unless it says <c>[AllowAnonymous]</c> or <c>[ForEveryoneSignedIn]</c>; what a module maps at the root guards itself.
/// </summary>
internal sealed class CallerBinding(RequestDelegate next)
{
    private const string SignInPath = "/sign-in";

    public async Task InvokeAsync(HttpContext context, ICallers callers, IRefusalLog refusals, TimeProvider time)
    {
        var endpoint = context.GetEndpoint();
        var isApi = endpoint?.Metadata.GetMetadata<ApiEndpoint>() is not null;
        var isPage = endpoint?.Metadata.GetMetadata<PageActionDescriptor>() is not null;
        if (!isApi && !isPage)
        {
            await next(context);
            return;
        }

        var byKey = isApi ? await callers.FromApiKeyAsync(context, context.RequestAborted) : new KeyNeeded();
        var caller = byKey.IsOk ? byKey.Value : isApi ? null : await callers.FromSessionAsync(context, context.RequestAborted);
        if (caller is not null)
        {
            context.BindCaller(caller);
            if (isPage)
                context.Response.Headers.CacheControl = "no-cache, no-store";   // the words that antiforgery wants to find; a tenant's data is not for the browser's disk
        }

        var isOpen = endpoint!.Metadata.GetMetadata<IAllowAnonymous>() is not null;
        var needed = endpoint.Metadata.GetOrderedMetadata<NeedsPermissionAttribute>();
        if (caller is null && !isOpen)
        {
            if (context.Request.Headers.Authorization.Count > 0)   // they showed something; who merely came by is sent to the sign-in page
                refusals.Refused(null, "anonymous", "access.refused", isApi ? "rest" : "console", byKey.Fault is KeyNeeded ? "the credentials are not valid" : "the tenant is not active");
            await RefuseUnknownAsync(context, isApi ? byKey.Fault : null);
        }
        else if (isPage && !isOpen && caller is { Detour: { } detour } && endpoint.Metadata.GetMetadata<OpenOnDetourAttribute>()?.IsOpen(detour) is not true)
        {
            SendTo(detour, context);
        }
        else if (caller is not null && needed.FirstOrDefault(n => !caller.May(n.Permission)) is { } missing)
        {
            refusals.Refused(caller.OwnTenant, caller.Actor, "access.refused", "permission/" + missing.Permission, "the permission is missing");
            await RefuseAsync(context, isApi, new PermissionMissing(missing.Permission));
        }
        else if (LimitsOnEndpoint.FaultOf(endpoint.Metadata.GetOrderedMetadata<NeedsNoLimitAttribute>(), caller) is { } limited)
        {
            refusals.Refused(caller!.OwnTenant, caller.Actor, "access.refused", "limits/" + limited.Kinds, "the role is limited");   // only a caller has limits
            context.RefusedBecause = limited.Detail;
            await RefuseAsync(context, isApi, limited);
        }
        else if (!isOpen && needed.Count == 0 && endpoint.Metadata.GetMetadata<ForEveryoneSignedInAttribute>() is null)
            await RefuseAsync(context, isApi, new NobodyMay());
        else if (caller is not null && endpoint.Metadata.GetMetadata<NeedsStepUpAttribute>() is not null && !StepUp.IsFresh(caller, context.Request.Method, time.GetUtcNow()))
            SendTo(StepUp.Path, context);
        else
            await next(context);
    }

    /// <param name="fault">What is said to a program; null for people, who are sent to sign in.</param>
    private static Task RefuseUnknownAsync(HttpContext context, Fault? fault)
    {
        if (fault is not null)
        {
            if (fault is KeyNeeded) context.Response.Headers.WWWAuthenticate = "Bearer";
            return fault.ToProblem().ExecuteAsync(context);
        }
        SendTo(SignInPath, context);
        return Task.CompletedTask;
    }

    /// <summary>To another page of the console, which leads back to this one.</summary>
    private static void SendTo(string path, HttpContext context)
    {
        var isGet = HttpMethods.IsGet(context.Request.Method);
        var back = isGet || path == StepUp.Path ? $"{context.Request.PathBase}{context.Request.Path}{(isGet ? context.Request.QueryString : default)}" : "/";
        var there = $"{path}?return={Uri.EscapeDataString(back)}";
        if (!context.Request.Headers.ContainsKey("HX-Request"))
        {
            context.Response.Redirect(there);
            return;
        }
        // A script that asked for a part of a page must go to the whole other page, not put it into the part.
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers["HX-Redirect"] = there;
    }

    private static Task RefuseAsync(HttpContext context, bool isApi, Fault fault)
    {
        if (isApi)
            return fault.ToProblem().ExecuteAsync(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;   // the status page says it in words
        return Task.CompletedTask;
    }

    private sealed record PermissionMissing(string Permission) : Fault($"This key lacks the permission {Permission}.")
    {
        public override int Status => 403;
    }

    private sealed record NobodyMay() : Fault("This call says nowhere who may make it, so nobody may. Please report it.")
    {
        public override int Status => 403;
    }
}

/// <summary>Marks what is below <c>/api/v1</c>.</summary>
internal sealed class ApiEndpoint;
