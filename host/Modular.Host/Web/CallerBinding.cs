using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Kernel.Auditing;
using Modular.Kernel.Web;

namespace Modular.Host.Web;

/// <summary>
/// The one place where a request gets its caller and an endpoint's permissions are checked, for REST and pages alike. A page is closed unless it
/// says <c>[AllowAnonymous]</c>; REST is closed always; what a module maps at the root guards itself.
/// </summary>
internal sealed class CallerBinding(RequestDelegate next)
{
    private const string SignInPath = "/sign-in";

    public async Task InvokeAsync(HttpContext context, ICallers callers, IRefusalLog refusals)
    {
        var endpoint = context.GetEndpoint();
        var isApi = endpoint?.Metadata.GetMetadata<ApiEndpoint>() is not null;
        var isPage = endpoint?.Metadata.GetMetadata<PageActionDescriptor>() is not null;
        if (!isApi && !isPage)
        {
            await next(context);
            return;
        }

        var caller = isApi
            ? await callers.FromApiKeyAsync(context, context.RequestAborted)
            : await callers.FromSessionAsync(context, context.RequestAborted);
        if (caller is not null)
        {
            context.BindCaller(caller);
            if (isPage)
                context.Response.Headers.CacheControl = "no-cache, no-store";   // the words that antiforgery wants to find; a tenant's data is not for the browser's disk
        }

        if (caller is null && endpoint!.Metadata.GetMetadata<IAllowAnonymous>() is null)
        {
            if (context.Request.Headers.Authorization.Count > 0)   // they showed something; who merely came by is sent to the sign-in page
                refusals.Refused(null, "anonymous", "access.refused", isApi ? "rest" : "console", "the credentials are not valid");
            await RefuseUnknownAsync(context, isApi);
        }
        else if (caller is not null && endpoint!.Metadata.GetOrderedMetadata<NeedsPermissionAttribute>().FirstOrDefault(n => !caller.May(n.Permission)) is { } missing)
        {
            refusals.Refused(caller.Tenant, caller.Actor, "access.refused", "permission/" + missing.Permission, "the permission is missing");
            await RefusePermissionAsync(context, isApi, missing.Permission);
        }
        else
            await next(context);
    }

    private static Task RefuseUnknownAsync(HttpContext context, bool isApi)
    {
        if (isApi)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return new KeyNeeded().ToProblem().ExecuteAsync(context);
        }

        // A script that asked for a part of a page must go to the whole sign-in page, not put it into the part.
        var back = HttpMethods.IsGet(context.Request.Method) ? $"{context.Request.PathBase}{context.Request.Path}{context.Request.QueryString}" : "/";
        var signIn = $"{SignInPath}?return={Uri.EscapeDataString(back)}";
        if (context.Request.Headers.ContainsKey("HX-Request"))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers["HX-Redirect"] = signIn;
            return Task.CompletedTask;
        }

        context.Response.Redirect(signIn);
        return Task.CompletedTask;
    }

    private static Task RefusePermissionAsync(HttpContext context, bool isApi, string permission)
    {
        if (isApi)
            return new PermissionMissing(permission).ToProblem().ExecuteAsync(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;   // the status page says it in words
        return Task.CompletedTask;
    }

    private sealed record KeyNeeded() : Fault("Send an API key that is valid: Authorization: Bearer KEY.")
    {
        public override int Status => 401;
    }

    private sealed record PermissionMissing(string Permission) : Fault($"This key lacks the permission {Permission}.")
    {
        public override int Status => 403;
    }
}

/// <summary>Marks what is below <c>/api/v1</c>.</summary>
internal sealed class ApiEndpoint;
