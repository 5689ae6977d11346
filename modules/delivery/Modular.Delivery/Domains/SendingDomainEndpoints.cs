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
            Results.Ok(new { items = (await store.ListAsync(http.Caller.Tenant, ct)).Select(SendingDomainJson.Of) })).Needs(Permissions.DeliveryRead);
        domains.MapPost("", async (HttpContext http, NewDomainJson body, SendingDomains store, CancellationToken ct) =>
            (await store.CreateAsync(http.Caller.Tenant, body.Domain ?? "", http.Caller.Actor, ct))
                .ToHttp(made => Results.Created("/api/v1/sending-domains/" + made.Domain, SendingDomainJson.Of(made)))).Needs(Permissions.DeliveryManage);
        domains.MapDelete("/{domain}", async (HttpContext http, string domain, SendingDomains store, CancellationToken ct) =>
            (await store.RemoveAsync(http.Caller.Tenant, domain, http.Caller.Actor, ct)).ToHttp(_ => Results.NoContent())).Needs(Permissions.DeliveryManage);
    }
}

internal sealed record NewDomainJson(string? Domain);

/// <param name="Records">All of them have to be published; each key signs.</param>
internal sealed record SendingDomainJson(string Domain, IReadOnlyList<DkimRecordJson> Records)
{
    public static SendingDomainJson Of(SendingDomain domain) =>
        new(domain.Domain, [.. domain.DkimRecords.Select(record => new DkimRecordJson(record.Algorithm, record.Selector, $"{record.Selector}._domainkey.{domain.Domain}", record.Value))]);
}

/// <param name="Name">Where DNS has to publish <paramref name="Value"/>, as TXT.</param>
internal sealed record DkimRecordJson(string Algorithm, string Selector, string Name, string Value);
