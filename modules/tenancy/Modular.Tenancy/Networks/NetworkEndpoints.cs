using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Modular.Kernel.Web;
using Modular.Tenancy.ApiKeys;
using Modular.Tenancy.SmtpCredentials;

namespace Modular.Tenancy.Networks;

/// <summary><c>/api/v1/networks</c>: from where a tenant, its people, its keys and its credentials are let in. An empty list: from anywhere.</summary>
internal static class NetworkEndpoints
{
    private const int MaxBodyBytes = 32 * 1024;

    public static void MapNetworks(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/networks").WithTags("networks").WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
        group.MapGet("", ListAsync).Needs(Permissions.SecurityManage);
        group.MapPut("", (HttpContext http, NetworksRequest body, NetworkChanges changes, CancellationToken ct) =>
            AnswerAsync(changes.ForTenantAsync(RuleAuthor.Of(http), http.Caller.Tenant, body.Text, ct))).Needs(Permissions.SecurityManage);
        group.MapPut("/users/{userId:long}", (HttpContext http, long userId, NetworksRequest body, NetworkChanges changes, CancellationToken ct) =>
            AnswerAsync(changes.ForUserAsync(RuleAuthor.Of(http), http.Caller.Tenant, userId, body.Text, ct))).Needs(Permissions.SecurityManage);
        group.MapPut("/keys/{name}", (HttpContext http, string name, NetworksRequest body, NetworkChanges changes, CancellationToken ct) =>
            AnswerAsync(changes.ForKeyAsync(RuleAuthor.Of(http), http.Caller.Tenant, name, body.Text, ct))).Needs(Permissions.KeysManage);
        group.MapPut("/smtp/{name}", (HttpContext http, string name, NetworksRequest body, NetworkChanges changes, CancellationToken ct) =>
            AnswerAsync(changes.ForCredentialAsync(RuleAuthor.Of(http), http.Caller.Tenant, name, body.Text, ct))).Needs(Permissions.KeysManage);
    }

    private static async Task<IResult> ListAsync(HttpContext http, NetworkRules rules, KeyRegister keys, SmtpRegister credentials, CancellationToken ct)
    {
        var tenant = http.Caller.Tenant;
        var of = await rules.FindAsync(tenant, ct);
        return Results.Ok(new
        {
            networks = Words(of.Everyone.ToString()),
            users = of.OfUser.OrderBy(u => u.Key).Select(u => new { userId = u.Key, networks = Words(u.Value.ToString()) }),
            keys = (await keys.ListAsync(tenant, ct)).Select(k => new { k.Name, networks = Words(k.Networks) }),
            smtp = (await credentials.ListAsync(tenant, ct)).Select(c => new { c.Name, networks = Words(c.Networks) }),
        });
    }

    private static async Task<IResult> AnswerAsync(Task<Fault?> change) => await change is { } fault ? fault.ToProblem() : Results.NoContent();

    private static string[] Words(string networks) => networks.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private sealed record NetworksRequest(string[]? Networks)
    {
        public string Text => string.Join(' ', Networks ?? []);
    }
}
