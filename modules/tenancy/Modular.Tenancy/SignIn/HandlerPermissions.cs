using System.Reflection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Modular.Tenancy.SignIn;

/// <summary>Checks <see cref="NeedsPermissionAttribute"/> on a page's handler method, such as a POST that needs more than reading the page.</summary>
internal sealed class HandlerPermissions : IAsyncPageFilter
{
    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var needed = context.HandlerMethod?.MethodInfo.GetCustomAttributes<NeedsPermissionAttribute>() ?? [];
        if (needed.All(n => context.HttpContext.FindCaller()?.May(n.Permission) is true)) await next();
        else context.Result = new StatusCodeResult(403);
    }
}
