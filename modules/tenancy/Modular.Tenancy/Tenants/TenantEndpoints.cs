using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modular.Kernel.Web;
using Modular.Tenancy.Keys;
using Modular.Tenancy.Quotas;

namespace Modular.Tenancy.Tenants;

/// <summary>Tenants in REST, for those who run the installation.</summary>
internal static class TenantEndpoints
{
    public static void MapTenants(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/installation/tenants").WithTags("installation").Needs(Permissions.InstallationManage);
        group.MapGet("", async (TenantBook book, CancellationToken ct) => Results.Ok(new { items = (await book.AllAsync(ct)).Select(Json) })).WithSummary("All tenants, by their words in paths.");
        group.MapPost("", CreateAsync).WithSummary("Makes a tenant with its owner and an API key, and shows their secrets once.");
        group.MapGet("/{slug}", FindAsync).WithSummary("One tenant, what it takes up, and its data key.");
        group.MapPost("/{slug}/suspend", async (HttpContext http, TenantLife life, string slug, ReasonRequest body, CancellationToken ct) =>
            Answer(await life.SuspendAsync(slug, body.Reason ?? "", http.Caller.Actor, ct))).WithSummary("A pause: everything waits as it is.");
        group.MapPost("/{slug}/deactivate", async (HttpContext http, TenantLife life, string slug, ReasonRequest body, CancellationToken ct) =>
            Answer(await life.DeactivateAsync(slug, body.Reason ?? "", http.Caller.Actor, ct))).WithSummary("The way to the end: campaigns are paused too.");
        group.MapPost("/{slug}/resume", async (HttpContext http, TenantLife life, string slug, CancellationToken ct) =>
            Answer(await life.ResumeAsync(slug, http.Caller.Actor, ct))).WithSummary("Works again.");
        group.MapPut("/{slug}/quota", SetQuotaAsync).WithSummary("Sets all four limits; what is left out has none.");
        group.MapPost("/{slug}/rotate-key", RotateAsync).WithSummary("A new data key; what is stored is sealed with it in the background.");
    }

    private static async Task<IResult> CreateAsync(HttpContext http, TenantCreation creation, CreateRequest body, CancellationToken ct)
    {
        if (!EmailAddress.TryParse(body.Owner ?? "", out var owner, out var reason)) return new BadOwner(reason).ToProblem();
        var made = await creation.CreateAsync(body.Slug ?? "", body.Name ?? body.Slug ?? "", owner, null, http.Caller.Actor, ct);
        return made.Match(
            m => Results.Created($"/api/v1/installation/tenants/{m.Tenant.Slug}", new { tenant = Json(m.Tenant), owner = new { address = m.Administrator.Text, m.Password }, apiKey = m.Key }),
            fault => fault.ToProblem());
    }

    private static async Task<IResult> FindAsync(TenantBook book, QuotaUse use, KeyRotation rotation, IKeyStore keys, string slug, CancellationToken ct)
    {
        if (await book.FindAsync(slug, ct) is not { } tenant) return new UnknownTenant(slug).ToProblem();
        var state = (await rotation.ListAsync(ct)).FirstOrDefault(r => r.Tenant == tenant.Id);
        return Results.Ok(new
        {
            tenant = Json(tenant),
            quotas = (await use.FindAsync(tenant, ct)).Select(u => new { what = QuotaWords.Name(u.Kind), used = u.Used, limit = u.Limit }),
            dataKey = new
            {
                versions = keys.Has(tenant.Id) ? keys.Versions(tenant.Id).Select(v => (int)v) : [],
                rotation = state is null ? null : new { state.Version, state.Phase, columnsDone = state.ColumnIndex, columns = rotation.Columns.Count, state.Resealed, state.Unreadable, state.FinishedAt },
            },
        });
    }

    private static async Task<IResult> SetQuotaAsync(HttpContext http, QuotaBook quotas, string slug, Quota body, CancellationToken ct) =>
        (await quotas.SetAsync(slug, body, http.Caller.Actor, ct)).Match(Results.Ok, fault => fault.ToProblem());

    private static async Task<IResult> RotateAsync(HttpContext http, KeyRotation rotation, string slug, CancellationToken ct) =>
        (await rotation.StartAsync(slug, isForgetting: false, http.Caller.Actor, ct)).Match(version => Results.Accepted(null, new { version = (int)version }), fault => fault.ToProblem());

    private static IResult Answer(Result<Tenant> moved) => moved.Match(tenant => Results.Ok(Json(tenant)), fault => fault.ToProblem());

    private static object Json(Tenant t) => new { id = t.Id.ToString(), t.Slug, t.Name, state = t.State.Word(), t.Reason, t.Since, t.CreatedAt };

    private sealed record CreateRequest(string? Slug, string? Name, string? Owner);

    private sealed record ReasonRequest(string? Reason);

    private sealed record BadOwner(string Why) : Fault("owner: " + Why)
    {
        public override string Field => "owner";
    }
}
