using System.Globalization;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace Modular.Contacts.DropFolder;

/// <summary>PROPFIND and PROPPATCH (RFC 4918 §9.1, §9.2).</summary>
internal static class DavPropertyVerbs
{
    /// <summary>Entries of a folder that one answer lists, at most.</summary>
    private const int MaxEntries = 10_000;

    private static readonly XNamespace D = DavXml.D;

    public static async Task<int> FindAsync(DavExchange exchange)
    {
        if (!exchange.Resource.Exists) return StatusCodes.Status404NotFound;
        var (body, refusal) = await DavXml.ReadAsync(exchange.Request, exchange.Aborted);
        if (refusal is { } status) return status;
        if (body is not null && body.Name != D + "propfind") return StatusCodes.Status400BadRequest;
        var depth = exchange.Request.Headers["Depth"].ToString();
        if (depth is not ("0" or "1"))
            return await DavXml.WriteAsync(exchange.Response, StatusCodes.Status403Forbidden, new XElement(D + "error", new XElement(D + "propfind-finite-depth")), exchange.Aborted);

        var isNamesOnly = body?.Element(D + "propname") is not null;
        var asked = body?.Element(D + "prop")?.Elements().Select(e => e.Name).Distinct().ToList();
        List<DavPath> paths = [exchange.Path];
        if (depth == "1" && exchange.Resource is { IsFolder: true } folder)
            paths.AddRange(Directory.EnumerateFileSystemEntries(folder.File).Take(MaxEntries).Order(StringComparer.Ordinal).Select(f => exchange.Path.Below(Path.GetFileName(f))));
        var responses = paths.Select(path => Response(exchange, path, asked, isNamesOnly));
        return await DavXml.WriteAsync(exchange.Response, StatusCodes.Status207MultiStatus, new XElement(D + "multistatus", new XAttribute(XNamespace.Xmlns + "D", D), responses), exchange.Aborted);
    }

    public static async Task<int> PatchAsync(DavExchange exchange)
    {
        if (!exchange.Resource.Exists) return StatusCodes.Status404NotFound;
        var (body, unreadable) = await DavXml.ReadAsync(exchange.Request, exchange.Aborted);
        if (unreadable is { } status) return status;
        if (body?.Name != D + "propertyupdate") return StatusCodes.Status400BadRequest;
        if (exchange.Forbids(exchange.Path, isMembership: false) is { } refusal) return refusal;

        var all = new Dictionary<XName, XElement>(exchange.Properties.Of(exchange.Path));
        var named = new List<XName>();
        foreach (var (isSet, property) in body.Elements().SelectMany(op => op.Elements(D + "prop").Elements().Select(p => (op.Name == D + "set", p))))
        {
            named.Add(property.Name);
            if (isSet) all[property.Name] = new XElement(property);
            else all.Remove(property.Name);
        }
        // Either all of it is done or nothing: the live properties of DAV: are ours, and one of them spoils the rest.
        var isOurs = named.Exists(n => n.Namespace == D);
        var isFull = !isOurs && !exchange.Properties.TryReplace(exchange.Path, all);
        var stats = isOurs
            ? named.Distinct().GroupBy(n => n.Namespace == D).Select(of => DavXml.PropStat(of.Key ? 403 : 424, [.. of.Select(n => new XElement(n))]))
            : [DavXml.PropStat(isFull ? 507 : 200, [.. named.Distinct().Select(n => new XElement(n))])];
        return await DavXml.WriteAsync(exchange.Response, StatusCodes.Status207MultiStatus, new XElement(D + "multistatus", DavXml.Response(exchange.Href(exchange.Path), stats)), exchange.Aborted);
    }

    private static XElement Response(DavExchange exchange, DavPath path, List<XName>? asked, bool isNamesOnly)
    {
        var all = Properties(exchange, path);
        if (isNamesOnly) return DavXml.Response(exchange.Href(path), DavXml.PropStat(200, [.. all.Keys.Select(n => new XElement(n))]));
        if (asked is null) return DavXml.Response(exchange.Href(path), DavXml.PropStat(200, all.Values));
        return DavXml.Response(exchange.Href(path),
            DavXml.PropStat(200, [.. asked.Where(all.ContainsKey).Select(n => all[n])]),
            DavXml.PropStat(404, [.. asked.Where(n => !all.ContainsKey(n)).Select(n => new XElement(n))]));
    }

    private static Dictionary<XName, XElement> Properties(DavExchange exchange, DavPath path)
    {
        var found = exchange.At(path);
        var all = new Dictionary<XName, XElement>(exchange.Properties.Of(path));
        Add("resourcetype", found.IsFolder ? new XElement(D + "collection") : null);
        Add("displayname", path.Name);
        Add("getlastmodified", found.ModifiedAt.ToString("R", CultureInfo.InvariantCulture));
        Add("creationdate", found.CreatedAt.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        Add("getetag", found.ETag);
        if (!found.IsFolder)
        {
            Add("getcontentlength", found.Bytes);
            Add("getcontenttype", "application/octet-stream");
        }
        Add("supportedlock", LockKind("exclusive"), LockKind("shared"));
        Add("lockdiscovery", [.. exchange.Locks.On(path, exchange.Now).Select(l => DavLockVerbs.Active(exchange, l))]);
        return all;

        void Add(string name, params object?[] content) => all[D + name] = new XElement(D + name, content);
    }

    private static XElement LockKind(string scope) =>
        new(D + "lockentry", new XElement(D + "lockscope", new XElement(D + scope)), new XElement(D + "locktype", new XElement(D + "write")));
}
