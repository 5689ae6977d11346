using System.Globalization;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace Modular.Contacts.DropFolder;

/// <summary>LOCK and UNLOCK (RFC 4918 §9.10, §9.11).</summary>
internal sealed class DavLockVerbs(Arrivals arrivals)
{
    private static readonly TimeSpan UsualAge = TimeSpan.FromMinutes(10);
    private static readonly XNamespace D = DavXml.D;

    public static async Task<int> LockAsync(DavExchange exchange)
    {
        var (body, unreadable) = await DavXml.ReadAsync(exchange.Request, exchange.Aborted);
        if (unreadable is { } status) return status;
        var until = exchange.Now + Age(exchange.Request.Headers["Timeout"].ToString());
        if (body is null)
        {
            var shown = IfHeader.Parse(exchange.Request.Headers["If"].ToString())?.Tokens ?? [];
            return exchange.Locks.Refresh(exchange.Path, shown, until, exchange.Now) is { } refreshed
                ? await AnswerAsync(exchange, refreshed, StatusCodes.Status200OK)
                : StatusCodes.Status412PreconditionFailed;
        }
        if (body.Name != D + "lockinfo" || body.Element(D + "lockscope") is not { } scope || body.Element(D + "locktype")?.Element(D + "write") is null) return StatusCodes.Status400BadRequest;
        var depth = exchange.Request.Headers["Depth"].ToString();
        if (depth is not ("" or "0" or "infinity")) return StatusCodes.Status400BadRequest;
        return await LockNewAsync(exchange, scope.Element(D + "exclusive") is not null, isDeep: depth != "0", body.Element(D + "owner"), until);
    }

    public async Task<int> UnlockAsync(DavExchange exchange)
    {
        var token = exchange.Request.Headers["Lock-Token"].ToString().Trim();
        if (token is not ['<', .. var inner, '>']) return StatusCodes.Status400BadRequest;
        if (!exchange.Locks.Remove(inner, exchange.Path)) return StatusCodes.Status409Conflict;
        if (exchange.Path.DroppedName is { } name && exchange.Locks.On(exchange.Path, exchange.Now).Count == 0)
            await arrivals.ArrivedAsync(exchange.Tenant, name, exchange.Http.Caller.Actor, CancellationToken.None);
        return StatusCodes.Status204NoContent;
    }

    public static XElement Active(DavExchange exchange, DavLock held) => new(D + "activelock",
        new XElement(D + "locktype", new XElement(D + "write")),
        new XElement(D + "lockscope", new XElement(D + (held.IsExclusive ? "exclusive" : "shared"))),
        new XElement(D + "depth", held.IsDeep ? "infinity" : "0"),
        held.Owner is null ? null : XElement.Parse(held.Owner),
        new XElement(D + "timeout", string.Create(CultureInfo.InvariantCulture, $"Second-{Math.Max(1, (long)(held.Until - exchange.Now).TotalSeconds)}")),
        new XElement(D + "locktoken", new XElement(D + "href", held.Token)),
        new XElement(D + "lockroot", new XElement(D + "href", exchange.Href(held.Path))));

    private static async Task<int> LockNewAsync(DavExchange exchange, bool isExclusive, bool isDeep, XElement? owner, DateTimeOffset until)
    {
        var before = exchange.Resource;
        if (!before.Exists)
        {
            if (exchange.Path.IsFixed) return StatusCodes.Status403Forbidden;
            if (!exchange.At(exchange.Path.Parent).IsFolder) return StatusCodes.Status409Conflict;
        }
        if (!before.Exists && exchange.Forbids(exchange.Path, isMembership: true) is { } refusal) return refusal;
        var wanted = new DavLock("urn:uuid:" + Guid.NewGuid(), exchange.Path, isDeep, isExclusive, owner?.ToString(SaveOptions.DisableFormatting), until);
        if (!exchange.Locks.TryAdd(wanted, exchange.Now)) return StatusCodes.Status423Locked;
        if (!before.Exists) await File.WriteAllBytesAsync(before.File, [], exchange.Aborted);   // RFC 4918 §7.3: an empty file holds the name
        exchange.Response.Headers["Lock-Token"] = $"<{wanted.Token}>";
        return await AnswerAsync(exchange, wanted, before.Exists ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }

    private static Task<int> AnswerAsync(DavExchange exchange, DavLock held, int status) =>
        DavXml.WriteAsync(exchange.Response, status, new XElement(D + "prop", new XElement(D + "lockdiscovery", Active(exchange, held))), exchange.Aborted);

    /// <summary>The first wish that is a number of seconds; endless is an hour here.</summary>
    private static TimeSpan Age(string timeout)
    {
        foreach (var wish in timeout.Split(',', StringSplitOptions.TrimEntries))
        {
            if (wish.Equals("Infinite", StringComparison.OrdinalIgnoreCase)) return DavLocks.MaxAge;
            if (wish.StartsWith("Second-", StringComparison.OrdinalIgnoreCase) && uint.TryParse(wish.AsSpan(7), CultureInfo.InvariantCulture, out var seconds) && seconds > 0)
                return TimeSpan.FromSeconds(Math.Min(seconds, DavLocks.MaxAge.TotalSeconds));
        }
        return UsualAge;
    }
}
