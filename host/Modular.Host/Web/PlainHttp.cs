using Microsoft.AspNetCore.Mvc.RazorPages;
using Modular.Host.Settings;
using Modular.Kernel.Web;

namespace Modular.Host.Web;

/// <summary>
/// What happens to a request that came from another machine in clear: a page is asked for again by HTTPS; REST, drop folders and everything that shows
/// credentials is refused with a reason and never redirected, because by then the secret has been sent; the rest is served.
/// </summary>
internal sealed class PlainHttp(RequestDelegate next, HostSettings settings)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.Client.MaySendSecrets)
            return next(context);
        var endpoint = context.GetEndpoint();
        var isPage = endpoint?.Metadata.GetMetadata<PageActionDescriptor>() is not null && endpoint.Metadata.GetMetadata<ForRecipientsAttribute>() is null;
        var isRead = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        if (isPage && isRead)
        {
            context.Response.Redirect($"{HttpsAddress(context.Request.Host.Host)}{context.Request.PathBase}{context.Request.Path}{context.Request.QueryString}", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        }
        var takesSecrets = isPage
            || endpoint?.Metadata.GetMetadata<ApiEndpoint>() is not null
            || endpoint?.Metadata.GetMetadata<TakesCredentialsAttribute>() is not null
            || context.Request.Headers.Authorization.Count > 0;
        return takesSecrets ? new HttpsNeeded(HttpsAddress(context.Request.Host.Host)).ToProblem().ExecuteAsync(context) : next(context);
    }

    /// <summary>Where the same is to be had by HTTPS: the public address if that is one, else the name that was called, which the filter on hosts has let pass.</summary>
    private string HttpsAddress(string host)
    {
        var facts = settings.Facts;
        if (facts.PublicUrl.Scheme == Uri.UriSchemeHttps)
            return facts.PublicUrl.GetLeftPart(UriPartial.Authority);
        return new UriBuilder(Uri.UriSchemeHttps, host, facts.Ports.Https).Uri.GetLeftPart(UriPartial.Authority);
    }

    private sealed record HttpsNeeded(string Address) : Fault(
        $"This came in clear from another machine, so it was not looked at. Use {Address}, and replace a key or password that was sent. " +
        "Behind a proxy that speaks HTTPS, name that proxy's address in Host:Proxies.")
    {
        public override int Status => 403;
    }
}
