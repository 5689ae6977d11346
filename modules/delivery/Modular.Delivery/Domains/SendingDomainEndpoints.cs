using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modular.Kernel.Web;

namespace Modular.Delivery.Domains;

/// <summary><c>/api/v1/sending-domains</c>: what a tenant may send from, with the records that DNS has to publish.</summary>
internal static class SendingDomainEndpoints
{
    public static void MapSendingDomains(this IEndpointRouteBuilder api)
    {
        var domains = api.MapGroup("/sending-domains");
        domains.MapGet("", async (HttpContext http, SendingDomains store, CancellationToken ct) =>
            Results.Ok(new { items = (await store.ListAsync(http.Caller, ct)).Select(SendingDomainJson.Of) })).Needs(Permissions.DeliveryRead);
        domains.MapGet("/{domain}/keys", async (HttpContext http, string domain, DomainKeys keys, CancellationToken ct) =>
            await keys.ListAsync(http.Caller, domain, ct) is { Count: > 0 } all ? Results.Ok(new { items = all.Select(DomainKeyJson.Of) }) : new NotFound("sending domain").ToProblem()).Needs(Permissions.DeliveryRead);
        domains.MapPost("/{domain}/keys", async (HttpContext http, string domain, DkimRotation rotation, CancellationToken ct) =>
            (await rotation.RenewAsync(http.Caller, domain, ct))
                .ToHttp(made => Results.Created($"/api/v1/sending-domains/{domain}/keys", SendingDomainJson.Of(made)))).Needs(Permissions.DeliveryManage);
        domains.MapPost("/{domain}/keys/switch", async (HttpContext http, string domain, DkimRotation rotation, CancellationToken ct) =>
            (await rotation.SwitchAsync(http.Caller, domain, ct)).ToHttp(_ => Results.NoContent())).Needs(Permissions.DeliveryManage);
        domains.MapPost("", async (HttpContext http, NewDomainJson body, SendingDomains store, CancellationToken ct) =>
            (await store.CreateAsync(http.Caller, body.Domain ?? "", ct))
                .ToHttp(made => Results.Created("/api/v1/sending-domains/" + made.Domain, SendingDomainJson.Of(made)))).Needs(Permissions.DeliveryManage);
        domains.MapDelete("/{domain}", async (HttpContext http, string domain, SendingDomains store, CancellationToken ct) =>
            (await store.RemoveAsync(http.Caller, domain, ct)).ToHttp(_ => Results.NoContent())).Needs(Permissions.DeliveryManage);
    }
}

internal sealed record NewDomainJson(string? Domain);

/// <param name="Records">All of them have to be published; each key signs.</param>
internal sealed record SendingDomainJson(string Domain, IReadOnlyList<DkimRecordJson> Records)
{
    public static SendingDomainJson Of(SendingDomain domain) => new(domain.Domain, [.. domain.DkimRecords.Select(record => DkimRecordJson.Of(domain.Domain, record))]);
}

/// <param name="State">next, signing or retired.</param>
/// <param name="PublishedUntil">Until when DNS has to say what a retired key's record says.</param>
internal sealed record DomainKeyJson(string Algorithm, string Selector, string Name, string Value, string State, DateTimeOffset? SignsSince, DateTimeOffset? RetiredAt, DateTimeOffset? PublishedUntil)
{
    public static DomainKeyJson Of(DomainKey key) => new(key.Algorithm, key.Selector, key.Name, key.Record, key.State.ToString().ToLowerInvariant(), key.SignsSince, key.RetiredAt, key.PublishedUntil);
}

/// <param name="Name">Where DNS has to publish <paramref name="Value"/>, as TXT.</param>
internal sealed record DkimRecordJson(string Algorithm, string Selector, string Name, string Value)
{
    public static DkimRecordJson Of(string domain, DkimRecord record) => new(record.Algorithm, record.Selector, $"{record.Selector}._domainkey.{domain}", record.Value);
}
