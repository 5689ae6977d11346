using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Modular.Tenancy.SignIn;

/// <summary>Checks <see cref="NeedsPermissionAttribute"/>, <see cref="NeedsNoLimitAttribute"/> and <see cref="NeedsStepUpAttribute"/> on a page's handler method, such as a POST that needs more than reading the page.</summary>
internal sealed class HandlerPermissions(TimeProvider time) : IAsyncPageFilter
{
    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var handler = context.HandlerMethod?.MethodInfo;
        var caller = context.HttpContext.FindCaller();
        var request = context.HttpContext.Request;
        if (!(handler?.GetCustomAttributes<NeedsPermissionAttribute>() ?? []).All(n => caller?.May(n.Permission) is true))
            context.Result = new StatusCodeResult(403);
        else if (LimitsOnEndpoint.FaultOf(handler, caller) is { } limited)
            (context.HttpContext.RefusedBecause, context.Result) = (limited.Detail, new StatusCodeResult(limited.Status));
        else if (handler?.GetCustomAttribute<NeedsStepUpAttribute>() is not null && !(caller is not null && StepUp.IsFresh(caller, request.Method, time.GetUtcNow())))
            context.Result = new RedirectResult($"{StepUp.Path}?return={Uri.EscapeDataString(request.PathBase + request.Path + QueryString.Create(request.Query.Where(q => q.Key is not "handler")))}");
        else
            await next();
    }
}
