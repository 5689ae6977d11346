using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Modular.Kernel.Web;
using Modular.Tenancy.ApiKeys;
using Modular.Tenancy.Networks;
using Modular.Tenancy.SmtpCredentials;

namespace Modular.Tenancy.Credentials;

/// <summary><c>/api/v1/keys</c> and <c>/api/v1/smtp-credentials</c>: with them a program makes the credentials of others, and turns its own. Secrets are in the answer that made them, and in no other.</summary>
internal static class CredentialEndpoints
{
    private const int MaxBodyBytes = 32 * 1024;

    public static void MapCredentials(this IEndpointRouteBuilder api)
    {
        Map(api, "/keys", api.ServiceProvider.GetRequiredService<KeyRegister>(), body => body.Permissions);
        Map(api, "/smtp-credentials", api.ServiceProvider.GetRequiredService<SmtpRegister>(), body => body.Domains);
    }

    private static void Map(IEndpointRouteBuilder api, string path, CredentialRegister register, Func<CreateRequest, string[]?> scopeOf)
    {
        var group = api.MapGroup(path).WithTags(path[1..]).Needs(Permissions.KeysManage).WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
        group.MapGet("", async (HttpContext http, CancellationToken ct) =>
            Results.Ok(new { items = (await register.ListAsync(http.Caller.Tenant, ct)).Select(register.Kind.Json) })).WithSummary("Those in force, without their secrets.");
        group.MapPost("", (HttpContext http, KeyRegister keys, TimeProvider time, CreateRequest body, CancellationToken ct) =>
            CreateAsync(http, register, keys, time, body, scopeOf(body), path, ct)).WithSummary("Makes one, and shows its secret once. It holds no more than the key that makes it.");
        group.MapPost("/{name}/rotate", (HttpContext http, KeyRegister keys, string name, int? overlapHours, CancellationToken ct) =>
            RotateAsync(http, register, keys, name, overlapHours, ct)).WithSummary("Another secret, shown once; the one before stays good for a day, or for ?overlapHours.");
        group.MapDelete("/{name}", async (HttpContext http, string name, CancellationToken ct) =>
            await register.RevokeAsync(http.Caller.Tenant, name, http.Caller.Actor, ct) is null ? new NotFound(register.Kind.Noun + " in force").ToProblem() : Results.NoContent()).WithSummary("Out of force within seconds, for good.");
    }

    private static async Task<IResult> CreateAsync(HttpContext http, CredentialRegister register, KeyRegister keys, TimeProvider time, CreateRequest body, string[]? scope, string path, CancellationToken ct)
    {
        if (!NetworkList.TryParse(string.Join(' ', body.Networks ?? []), out var networks, out var badNetwork)) return new BadNetworks(badNetwork).ToProblem();
        var expiresAt = Expiry.After(body.ExpiresDays, time.GetUtcNow());
        if (!expiresAt.IsOk) return expiresAt.Fault.ToProblem();
        var draft = new CredentialDraft(body.Name?.Trim() ?? "", scope ?? [], networks, expiresAt.Value);
        var made = await register.CreateAsync(http.Caller.Tenant, draft, await keys.MakerAsync(http.Caller, ct), ct);
        return made.Match(m => Shown(http, Results.Created($"/api/v1{path}/{Uri.EscapeDataString(m.Name)}", register.Kind.Json(m))), fault => fault.ToProblem());
    }

    private static async Task<IResult> RotateAsync(HttpContext http, CredentialRegister register, KeyRegister keys, string name, int? overlapHours, CancellationToken ct)
    {
        if (Overlap.Of(overlapHours) is not { } overlap) return new BadOverlap().ToProblem();
        var made = await register.RotateAsync(http.Caller.Tenant, name, overlap, await keys.MakerAsync(http.Caller, ct), ct);
        return made.Match(m => Shown(http, Results.Ok(register.Kind.Json(m))), fault => fault.ToProblem());
    }

    private static IResult Shown(HttpContext http, IResult answer)
    {
        http.Response.Headers.CacheControl = "no-store";
        return answer;
    }

    /// <param name="Permissions">Of a key.</param>
    /// <param name="Domains">Sending domains of an SMTP credential; none: all of the tenant's.</param>
    /// <param name="Networks">None: from anywhere.</param>
    /// <param name="ExpiresDays">Null: never.</param>
    private sealed record CreateRequest(string? Name, string[]? Permissions, string[]? Domains, string[]? Networks, int? ExpiresDays);
}
