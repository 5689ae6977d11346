using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Modular.Contacts.DropFolder;

/// <summary>The verbs that touch files: GET, PUT, DELETE, MKCOL, COPY, MOVE. Each returns its status.</summary>
internal sealed class DavFiles(DropFolders folders, DropFolderRoom rooms, Arrivals arrivals, DropFolderSettings settings)
{
    public async Task<int> GetAsync(DavExchange exchange)
    {
        var found = exchange.Resource;
        if (!found.Exists) return StatusCodes.Status404NotFound;
        if (found.IsFolder)
        {
            exchange.Response.ContentType = "text/plain; charset=utf-8";
            if (HttpMethods.IsGet(exchange.Request.Method))
                await exchange.Response.WriteAsync(string.Concat(Directory.EnumerateFileSystemEntries(found.File).Order(StringComparer.Ordinal).Select(f => Path.GetFileName(f) + "\n")), exchange.Aborted);
            return StatusCodes.Status200OK;
        }
        await Results.Stream(folders.OpenRead(exchange.Tenant, found.File), "application/octet-stream", lastModified: found.ModifiedAt, entityTag: new EntityTagHeaderValue(found.ETag), enableRangeProcessing: true).ExecuteAsync(exchange.Http);
        return exchange.Response.StatusCode;
    }

    /// <summary>All of the body becomes the file, or nothing of it does.</summary>
    public async Task<int> PutAsync(DavExchange exchange)
    {
        var before = exchange.Resource;
        if (exchange.Path.IsFixed) return StatusCodes.Status403Forbidden;
        if (before.IsFolder) return StatusCodes.Status405MethodNotAllowed;
        if (exchange.Request.Headers.ContainsKey(HeaderNames.ContentRange)) return StatusCodes.Status400BadRequest;   // RFC 9110 §14.5
        if (!exchange.At(exchange.Path.Parent).IsFolder) return StatusCodes.Status409Conflict;
        if (exchange.Forbids(exchange.Path, isMembership: !before.Exists) is { } refusal) return refusal;
        var room = await rooms.LeftAsync(exchange.Tenant, exchange.Aborted) + before.Bytes;
        if (exchange.Request.ContentLength > Math.Min(room, settings.MaxFileBytes)) return TooLarge(room);
        if (!await folders.StoreAsync(exchange.Tenant, exchange.Request.Body, before.File, Math.Min(room, settings.MaxFileBytes), exchange.Aborted)) return TooLarge(room);
        exchange.Response.Headers.ETag = exchange.Resource.ETag;
        await ArrivedAsync(exchange, exchange.Path);
        return before.Exists ? StatusCodes.Status204NoContent : StatusCodes.Status201Created;
    }

    public static Task<int> DeleteAsync(DavExchange exchange)
    {
        if (exchange.Path.IsFixed) return Task.FromResult(StatusCodes.Status403Forbidden);
        if (!exchange.Resource.Exists) return Task.FromResult(StatusCodes.Status404NotFound);
        if (exchange.Forbids(exchange.Path, isMembership: true, isSubtree: true) is { } refusal) return Task.FromResult(refusal);
        Remove(exchange, exchange.Path);
        return Task.FromResult(StatusCodes.Status204NoContent);
    }

    public static async Task<int> MakeFolderAsync(DavExchange exchange)
    {
        if (await exchange.Request.Body.ReadAsync(new byte[1], exchange.Aborted) > 0) return StatusCodes.Status415UnsupportedMediaType;
        if (exchange.Resource.Exists) return StatusCodes.Status405MethodNotAllowed;
        if (exchange.Path.IsFixed) return StatusCodes.Status403Forbidden;
        if (!exchange.At(exchange.Path.Parent).IsFolder) return StatusCodes.Status409Conflict;
        if (exchange.Forbids(exchange.Path, isMembership: true) is { } refusal) return refusal;
        Directory.CreateDirectory(exchange.FileOf(exchange.Path));
        return StatusCodes.Status201Created;
    }

    public async Task<int> CopyAsync(DavExchange exchange, bool isMove)
    {
        var source = exchange.Resource;
        var asked = exchange.Request.Headers["Destination"].ToString();
        if (!source.Exists) return StatusCodes.Status404NotFound;
        if (asked.Length == 0) return StatusCodes.Status400BadRequest;
        if (IsElsewhere(exchange.Request, asked)) return StatusCodes.Status502BadGateway;
        if (exchange.Destination(asked) is not { } target) return StatusCodes.Status400BadRequest;
        if (target.IsFixed || isMove && exchange.Path.IsFixed || target == exchange.Path || target.IsBelow(exchange.Path)) return StatusCodes.Status403Forbidden;
        if (!exchange.At(target.Parent).IsFolder) return StatusCodes.Status409Conflict;
        var before = exchange.At(target);
        if (before.Exists && exchange.Request.Headers["Overwrite"] == "F") return StatusCodes.Status412PreconditionFailed;
        if (exchange.Path.IsBelow(target)) return StatusCodes.Status403Forbidden;   // the target's old content holds the source
        if (exchange.Forbids(target, isMembership: true, isSubtree: before.Exists) is { } refusal) return refusal;
        if (isMove && exchange.Forbids(exchange.Path, isMembership: true, isSubtree: true) is { } refusedMove) return refusedMove;
        if (!isMove && Bytes(source) > await rooms.LeftAsync(exchange.Tenant, exchange.Aborted)) return StatusCodes.Status507InsufficientStorage;

        if (before.Exists) Remove(exchange, target);
        exchange.Properties.CopyTree(exchange.Path, target);
        if (isMove)
        {
            if (source.IsFolder) Directory.Move(source.File, before.File);
            else File.Move(source.File, before.File);
            exchange.Locks.RemoveTree(exchange.Path);
            exchange.Properties.RemoveTree(exchange.Path);
        }
        else
        {
            Copy(source, before.File, isDeep: exchange.Request.Headers["Depth"] != "0");
        }
        await ArrivedAsync(exchange, target);
        return before.Exists ? StatusCodes.Status204NoContent : StatusCodes.Status201Created;
    }

    /// <summary>A file that is whole and unlocked in <c>import/</c> is imported; a locked one when its lock goes.</summary>
    private async Task ArrivedAsync(DavExchange exchange, DavPath path)
    {
        if (path.DroppedName is { } name && exchange.Locks.On(path, exchange.Now).Count == 0) await arrivals.ArrivedAsync(exchange.Tenant, name, exchange.Http.Caller.Actor, CancellationToken.None);
    }

    private static int TooLarge(long room) => room <= 0 ? StatusCodes.Status507InsufficientStorage : StatusCodes.Status413PayloadTooLarge;

    private static bool IsElsewhere(HttpRequest request, string destination) =>
        Uri.TryCreate(destination, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && !string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)
        && !string.Equals(uri.Host, request.Host.Host, StringComparison.OrdinalIgnoreCase);

    private static void Remove(DavExchange exchange, DavPath path)
    {
        var found = exchange.At(path);
        if (found.IsFolder) Directory.Delete(found.File, recursive: true);
        else File.Delete(found.File);
        exchange.Locks.RemoveTree(path);
        exchange.Properties.RemoveTree(path);
    }

    private static long Bytes(DavResource resource) =>
        resource.IsFolder ? new DirectoryInfo(resource.File).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length) : resource.Bytes;

    private static void Copy(DavResource source, string target, bool isDeep)
    {
        if (!source.IsFolder)
        {
            File.Copy(source.File, target);
            return;
        }
        // Listed before the copy is made, which may lie in the same folder.
        var entries = isDeep ? new DirectoryInfo(source.File).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).OrderBy(e => e.FullName, StringComparer.Ordinal).ToList() : [];
        Directory.CreateDirectory(target);
        foreach (var entry in entries)
        {
            var to = Path.Combine(target, Path.GetRelativePath(source.File, entry.FullName));
            if (entry is DirectoryInfo) Directory.CreateDirectory(to);
            else File.Copy(entry.FullName, to);
        }
    }
}
