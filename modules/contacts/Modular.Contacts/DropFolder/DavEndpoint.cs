using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Modular.Kernel.Web;
using Modular.Tenancy;

namespace Modular.Contacts.DropFolder;

/// <summary>The drop folder's door: who calls, what is meant, which verb. WebDAV class 1 and 2 (RFC 4918 §18).</summary>
internal sealed partial class DavEndpoint(
    ICredentials credentials, DropFolders folders, DavFiles files, DavLockVerbs locks, TimeProvider time, ILogger<DavEndpoint> log)
{
    private const string Verbs = "OPTIONS, GET, HEAD, PUT, DELETE, PROPFIND, PROPPATCH, MKCOL, COPY, MOVE, LOCK, UNLOCK";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.Map("/dav/{tenant}/{**path}", static (HttpContext http, string tenant, DavEndpoint dav) => dav.HandleAsync(http, tenant)).DisableAntiforgery().TakesCredentials();

    private async Task HandleAsync(HttpContext http, string slug)
    {
        http.Response.Headers.CacheControl = "no-store";
        var caller = await credentials.FromBasicAsync(http, slug, http.RequestAborted);
        if (caller is null)
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"drop folder\", charset=\"UTF-8\"";
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        http.BindCaller(caller);
        if (!caller.May(Permissions.ContactsImport))
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        if (caller.Limits.Lists is not null)
        {
            // Its files are the whole tenant's, and name people on every list.
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            http.Response.ContentType = "text/plain; charset=utf-8";
            await http.Response.WriteAsync(new NotWithinLimits(LimitKinds.Lists).Detail, http.RequestAborted);
            return;
        }
        var prefix = "/dav/" + slug;
        if (DavPath.Parse(DavExchange.RawTarget(http), prefix) is not { } path)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;   // each verb has its own bound
        var exchange = new DavExchange(http, caller.Tenant, folders.RootOf(caller.Tenant), prefix, path, folders.LocksOf(caller.Tenant), folders.PropertiesOf(caller.Tenant), time.GetUtcNow());
        try
        {
            var status = await VerbAsync(exchange);
            if (!http.Response.HasStarted) http.Response.StatusCode = status;
        }
        catch (IOException e) when (!http.RequestAborted.IsCancellationRequested)
        {
            LogFailed(e, caller.TenantSlug, http.Request.Method, path.Key);
            if (!http.Response.HasStarted) http.Response.StatusCode = e.HResult == 28 /* ENOSPC */ ? StatusCodes.Status507InsufficientStorage : StatusCodes.Status500InternalServerError;
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client left in the middle: nothing of its upload stays.
        }
    }

    private Task<int> VerbAsync(DavExchange exchange)
    {
        switch (exchange.Request.Method.ToUpperInvariant())
        {
            case "OPTIONS":
                exchange.Response.Headers["DAV"] = "1, 2";
                exchange.Response.Headers.Allow = Verbs;
                exchange.Response.Headers["MS-Author-Via"] = "DAV";
                return Task.FromResult(StatusCodes.Status200OK);
            case "GET" or "HEAD": return files.GetAsync(exchange);
            case "PUT": return files.PutAsync(exchange);
            case "DELETE": return DavFiles.DeleteAsync(exchange);
            case "MKCOL": return DavFiles.MakeFolderAsync(exchange);
            case "COPY": return files.CopyAsync(exchange, isMove: false);
            case "MOVE": return files.CopyAsync(exchange, isMove: true);
            case "PROPFIND": return DavPropertyVerbs.FindAsync(exchange);
            case "PROPPATCH": return DavPropertyVerbs.PatchAsync(exchange);
            case "LOCK": return DavLockVerbs.LockAsync(exchange);
            case "UNLOCK": return locks.UnlockAsync(exchange);
            default:
                exchange.Response.Headers.Allow = Verbs;
                return Task.FromResult(StatusCodes.Status405MethodNotAllowed);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Drop folder of {Tenant}: {Verb} {Path} failed")]
    private partial void LogFailed(Exception e, string tenant, string verb, string path);
}
