using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Modular.Contacts.DropFolder;

/// <summary>One WebDAV request, with all that its verbs need to know.</summary>
internal sealed class DavExchange(HttpContext http, TenantId tenant, string root, string prefix, DavPath path, DavLocks locks, DavProperties properties, DateTimeOffset now)
{
    public HttpContext Http => http;

    public HttpRequest Request => http.Request;

    public HttpResponse Response => http.Response;

    public TenantId Tenant => tenant;

    public string Prefix => prefix;

    public DavPath Path => path;

    public DavLocks Locks => locks;

    public DavProperties Properties => properties;

    public DateTimeOffset Now => now;

    public CancellationToken Aborted => http.RequestAborted;

    public DavResource Resource => At(path);

    public DavResource At(DavPath other) => DavResource.At(other.On(root));

    public string FileOf(DavPath other) => other.On(root);

    public string Href(DavPath other) => other.Href(prefix, At(other).IsFolder);

    /// <summary>The target as the client wrote it: its encoding tells a slash from a name with a slash in it.</summary>
    public static string RawTarget(HttpContext http)
    {
        var raw = http.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (string.IsNullOrEmpty(raw)) return (http.Request.PathBase + http.Request.Path).ToUriComponent();
        return raw[0] == '/' ? raw : Uri.TryCreate(raw, UriKind.Absolute, out var uri) ? uri.AbsolutePath : raw;
    }

    /// <summary>
    /// Judges If, If-Match and If-None-Match, then asks for a token of each lock that the change would touch (RFC 4918 §7, §10.4).
    /// </summary>
    /// <param name="isMembership">The folder's list of names changes: its lock counts too.</param>
    /// <param name="isSubtree">Everything below is touched.</param>
    /// <returns>412 or 423; null when the change may be made.</returns>
    public int? Forbids(DavPath target, bool isMembership, bool isSubtree = false)
    {
        var shown = new HashSet<string>(StringComparer.Ordinal);
        if (Request.Headers["If"].ToString() is { Length: > 0 } text)
        {
            if (IfHeader.Parse(text) is not { } condition) return StatusCodes.Status400BadRequest;
            shown.UnionWith(condition.Tokens);
            if (!condition.Lists.Any(l => Holds(l.Resource, l.Conditions))) return StatusCodes.Status412PreconditionFailed;
        }
        var resource = At(target);
        if (target == path && !HoldsTags(resource)) return StatusCodes.Status412PreconditionFailed;
        List<DavLock> asked = [.. locks.On(target, now)];
        if (isMembership) asked.AddRange(locks.On(target.Parent, now).Where(l => l.Path == target.Parent || l.IsDeep));
        if (isSubtree) asked.AddRange(locks.Below(target, now));
        // Of several shared locks on one resource, one token is enough.
        return asked.GroupBy(l => l.Path).Any(of => !of.Any(l => shown.Contains(l.Token))) ? StatusCodes.Status423Locked : null;
    }

    private bool HoldsTags(DavResource resource)
    {
        var tag = resource is { Exists: true, IsFolder: false } ? resource.ETag : null;
        var match = Request.Headers.IfMatch.ToString();
        if (match.Length > 0 && !(match == "*" ? resource.Exists : tag is not null && match.Contains(tag, StringComparison.Ordinal))) return false;
        var none = Request.Headers.IfNoneMatch.ToString();
        return none.Length == 0 || (none == "*" ? !resource.Exists : tag is null || !none.Contains(tag, StringComparison.Ordinal));
    }

    private bool Holds(string? resource, IReadOnlyList<IfCondition> conditions)
    {
        var about = resource is null ? path : Destination(resource);
        if (about is null) return false;
        foreach (var condition in conditions)
        {
            var holds = condition.Token is { } token
                ? locks.On(about, now).Any(l => l.Token == token)
                : At(about) is { Exists: true } found && found.ETag == condition.ETag;
            if (holds == condition.IsNot) return false;
        }
        return true;
    }

    /// <summary>A URL or path that names something in the same folder; null when it does not.</summary>
    public DavPath? Destination(string text) =>
        text.StartsWith('/') ? DavPath.Parse(text, prefix)
        : Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? DavPath.Parse(text[text.IndexOf('/', text.IndexOf("//", StringComparison.Ordinal) + 2)..], prefix)
        : null;
}
