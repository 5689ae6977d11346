using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Modular.Campaigns.Composing;
using Modular.Contacts;
using Modular.Delivery;
using Npgsql;

namespace Modular.Campaigns.Tracking;

/// <summary>
/// The pixel and the tracked links. Both answer only after the hit is committed; both are mapped past the console's middleware, for they need none of
/// it and come by the thousand.
/// </summary>
internal sealed class TrackingEndpoints(
    ISealer sealer, FrozenLinks links, HitLog log, IDeliveries deliveries, IProfiles profiles, MessageSource source, TimeProvider clock)
{
    /// <summary>One transparent point.</summary>
    private static readonly byte[] Gif =
    [
        0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0,
        0x21, 0xf9, 4, 1, 0, 0, 0, 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b,
    ];

    private static readonly string[] Reading = ["GET", "HEAD"];

    public static void Map(IEndpointRouteBuilder root)
    {
        var endpoints = root.ServiceProvider.GetRequiredService<TrackingEndpoints>();
        root.MapMethods("/o/{token}", Reading, endpoints.OpenAsync).ShortCircuit();
        root.MapMethods("/c/{token}", Reading, endpoints.ClickAsync).ShortCircuit();
        root.MapMethods("/v/{token}", Reading, endpoints.ViewAsync).ShortCircuit();
    }

    private async Task OpenAsync(HttpContext context)
    {
        const string Extension = ".gif";
        var name = Name(context);
        if (!name.EndsWith(Extension, StringComparison.Ordinal) || !LinkToken.TryRead(sealer, name[..^Extension.Length], LinkKind.Open, out var token))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        if (!token.IsTest && !await TakeAsync(context, token, ResponseKind.Open)) return;
        var response = context.Response;
        response.ContentType = "image/gif";
        response.ContentLength = Gif.Length;
        response.Headers.CacheControl = "no-store, private";
        if (!HttpMethods.IsHead(context.Request.Method)) await response.BodyWriter.WriteAsync(Gif, context.RequestAborted);
    }

    private async Task ClickAsync(HttpContext context)
    {
        // A token that is not ours leads nowhere, whatever else the address says: there is no open redirect to find here.
        if (!LinkToken.TryRead(sealer, Name(context), LinkKind.Click, out var token))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var (revision, isDown) = await FindAsync(context, token);
        if (isDown) return;
        if (revision?.Find(token.Link) is not { } link)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        if (!token.IsTest && !await TakeAsync(context, token, ResponseKind.Click)) return;
        context.Response.StatusCode = StatusCodes.Status302Found;
        context.Response.Headers.CacheControl = "no-store, private";
        context.Response.Headers.Location = link.Fixed ?? await TargetForAsync(link, token, context.RequestAborted);
    }

    /// <summary>The mail in a browser. It is the tenant's own HTML, so it runs nothing and belongs to no origin.</summary>
    private async Task ViewAsync(HttpContext context)
    {
        var ct = context.RequestAborted;
        if (!LinkToken.TryRead(sealer, Name(context), LinkKind.View, out var token)
            || await deliveries.FindAsync(token.Tenant, token.RecipientId, ct) is not { } recipient
            || await source.ViewAsync(token.Tenant, token.RevisionId, recipient.Entry.ContactId, token.RecipientId, token.IsTest, ct) is not { } html)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        SandboxedHtml.Head(context.Response, html.Length);
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.BodyWriter.WriteAsync(html, ct);
    }

    /// <summary>The rest of the path behind <c>/x/</c>.</summary>
    private static ReadOnlySpan<char> Name(HttpContext context) => context.Request.Path.Value.AsSpan(3);

    private async Task<string> TargetForAsync(LinkTargetTemplate link, LinkToken token, CancellationToken ct)
    {
        var contact = await deliveries.FindAsync(token.Tenant, token.RecipientId, ct) is { Entry.ContactId: > 0 and var id } ? await profiles.OpenAsync(token.Tenant, [id], ct) : [];
        // A contact that is gone has no values, but the link still leads where it led.
        return link.For(contact.Count > 0 ? contact[0] : new Profile(0, EmailAddress.Parse("nobody@invalid.invalid"), new Dictionary<string, object>()));
    }

    /// <returns>Whether to go on: the hit is committed. Otherwise the answer is written.</returns>
    private async Task<bool> TakeAsync(HttpContext context, LinkToken token, ResponseKind kind)
    {
        var (revision, isDown) = await FindAsync(context, token);
        if (isDown) return false;
        if (revision is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return false;
        }
        var agent = AgentRules.Of(context.Request.Method, context.Request.Headers.UserAgent.ToString());
        var hit = new Hit(token.RecipientId, revision.CampaignId, clock.GetUtcNow(), kind, (short)token.Link, agent);
        if (await log.AppendAsync(token.Tenant, hit)) return true;
        Unavailable(context.Response);
        return false;
    }

    private async ValueTask<(FrozenLinks.Entry? Revision, bool IsDown)> FindAsync(HttpContext context, LinkToken token)
    {
        try
        {
            return (await links.FindAsync(token.Tenant, token.RevisionId, context.RequestAborted), false);
        }
        catch (NpgsqlException)
        {
            Unavailable(context.Response);
            return (null, true);
        }
    }

    private static void Unavailable(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        response.Headers.RetryAfter = "5";
        response.Headers.CacheControl = "no-store";
    }
}
