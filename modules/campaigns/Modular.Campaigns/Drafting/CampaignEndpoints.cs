using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Modular.Campaigns.Analysis;
using Modular.Campaigns.Sending;
using Modular.Kernel.Web;

namespace Modular.Campaigns.Drafting;

/// <summary><c>/api/v1/campaigns</c>: write, send, watch.</summary>
internal static class CampaignEndpoints
{
    private const int DefaultSize = 50;

    public static void MapCampaigns(this IEndpointRouteBuilder api)
    {
        var campaigns = api.MapGroup("/campaigns");
        campaigns.MapGet("", ListAsync).Needs(Permissions.CampaignsRead);
        campaigns.MapPost("", CreateAsync).Needs(Permissions.CampaignsEdit);
        campaigns.MapGet("/{id:long}", FindAsync).Needs(Permissions.CampaignsRead);
        campaigns.MapPatch("/{id:long}", ChangeAsync).Needs(Permissions.CampaignsEdit);
        campaigns.MapDelete("/{id:long}", DeleteAsync).Needs(Permissions.CampaignsEdit);
        campaigns.MapGet("/{id:long}/check", CheckAsync).Needs(Permissions.CampaignsRead);
        campaigns.MapPost("/{id:long}/test", TestAsync).Needs(Permissions.CampaignsSend);
        campaigns.MapPost("/{id:long}/send", SendAsync).Needs(Permissions.CampaignsSend);
        campaigns.MapPost("/{id:long}/pause", PauseAsync).Needs(Permissions.CampaignsSend);
        campaigns.MapPost("/{id:long}/resume", ResumeAsync).Needs(Permissions.CampaignsSend);
        campaigns.MapPost("/{id:long}/cancel", CancelAsync).Needs(Permissions.CampaignsSend);
        campaigns.MapGet("/{id:long}/analysis", AnalysisAsync).Needs(Permissions.CampaignsRead);
        campaigns.MapGet("/{id:long}/recipients", RecipientsAsync).Needs(Permissions.CampaignsRead);
    }

    private static async Task<IResult> ListAsync(HttpContext http, CampaignDrafts drafts, string? state, string? cursor, int? limit, CancellationToken ct)
    {
        CampaignState? wanted = null;
        if (state is not null)
        {
            if (!Enum.TryParse<CampaignState>(state, ignoreCase: true, out var parsed) || char.IsAsciiDigit(state[0])) return new FieldFault("state", $"'{state}' is no state of a campaign.").ToProblem();
            wanted = parsed;
        }
        if (!TryCursor(cursor, out var before)) return BadCursor();
        var size = Math.Clamp(limit ?? DefaultSize, 1, CampaignDrafts.MaxPage);
        var found = await drafts.ListAsync(Reach.Of(http.Caller), wanted, null, before, size, ct);
        return Results.Ok(new PageJson<CampaignJson>([.. found.Select(c => CampaignJson.Of(c, withContent: false))], Next(found, size, c => c.CampaignId)));
    }

    private static async Task<IResult> CreateAsync(HttpContext http, DraftChange draft, CampaignDrafts drafts, CancellationToken ct) =>
        (await drafts.CreateAsync(Reach.Of(http.Caller), draft, http.Caller.Actor, ct)).ToHttp(c => Results.Created($"/api/v1/campaigns/{c.CampaignId}", CampaignJson.Of(c)));

    private static async Task<IResult> FindAsync(HttpContext http, long id, CampaignDrafts drafts, CancellationToken ct) =>
        await drafts.FindAsync(Reach.Of(http.Caller), id, ct) is { } campaign ? Results.Ok(CampaignJson.Of(campaign)) : new NotFound("campaign").ToProblem();

    private static async Task<IResult> ChangeAsync(HttpContext http, long id, DraftChange change, CampaignDrafts drafts, CancellationToken ct) =>
        (await drafts.ChangeAsync(Reach.Of(http.Caller), id, change, http.Caller.Actor, ct)).ToHttp(c => Results.Ok(CampaignJson.Of(c)));

    private static async Task<IResult> DeleteAsync(HttpContext http, long id, CampaignDrafts drafts, CancellationToken ct) =>
        (await drafts.DeleteAsync(Reach.Of(http.Caller), id, http.Caller.Actor, ct)).ToHttp(_ => Results.NoContent());

    private static async Task<IResult> CheckAsync(HttpContext http, long id, CampaignDrafts drafts, Preflight preflight, CancellationToken ct)
    {
        if (await drafts.FindAsync(Reach.Of(http.Caller), id, ct) is not { } campaign) return new NotFound("campaign").ToProblem();
        var outcome = await preflight.CheckAsync(Reach.Of(http.Caller), campaign, ct);
        return Results.Ok(new { isReady = outcome.Errors.Count == 0, findings = outcome.Findings, links = outcome.Content.Links });
    }

    private static async Task<IResult> TestAsync(HttpContext http, long id, TestJson test, CampaignSending sending, CancellationToken ct) =>
        (await sending.TestAsync(Reach.Of(http.Caller), id, test.To ?? [], test.ContactId ?? 0, http.Caller.Actor, ct)).ToHttp(ids => Results.Accepted(value: new { recipientIds = ids }));

    private static async Task<IResult> SendAsync(HttpContext http, long id, CampaignSending sending, CancellationToken ct) =>
        Accepted(await sending.SendAsync(Reach.Of(http.Caller), id, http.Caller.Actor, ct));

    private static async Task<IResult> PauseAsync(HttpContext http, long id, CampaignSending sending, CancellationToken ct) =>
        Accepted(await sending.PauseAsync(Reach.Of(http.Caller), id, http.Caller.Actor, ct));

    private static async Task<IResult> ResumeAsync(HttpContext http, long id, CampaignSending sending, CancellationToken ct) =>
        Accepted(await sending.ResumeAsync(Reach.Of(http.Caller), id, http.Caller.Actor, ct));

    private static async Task<IResult> CancelAsync(HttpContext http, long id, CampaignSending sending, CancellationToken ct) =>
        Accepted(await sending.CancelAsync(Reach.Of(http.Caller), id, http.Caller.Actor, ct));

    private static async Task<IResult> AnalysisAsync(HttpContext http, long id, CampaignDrafts drafts, CampaignAnalysis analysis, CancellationToken ct)
    {
        var tenant = http.Caller.Tenant;
        if (await drafts.FindAsync(Reach.Of(http.Caller), id, ct) is not { } campaign) return new NotFound("campaign").ToProblem();
        return Results.Ok(AnalysisJson.Of(campaign, await analysis.OfAsync(tenant, id, ct), await analysis.LinksAsync(tenant, id, ct), await analysis.SeriesAsync(tenant, id, ct)));
    }

    private static async Task<IResult> RecipientsAsync(
        HttpContext http, long id, CampaignDrafts drafts, CampaignAnalysis analysis, string? state, string? cursor, string? after, int? limit, CancellationToken ct)
    {
        const int MaxSize = 1000;
        var wanted = DeliveryStateWords.Find(state);
        if (state is not null && wanted is null) return new FieldFault("state", $"'{state}' is no state of a recipient.").ToProblem();
        if (!TryCursor(cursor ?? after, out var from)) return BadCursor();
        if (await drafts.FindAsync(Reach.Of(http.Caller), id, ct) is null) return new NotFound("campaign").ToProblem();
        var (lines, last) = await analysis.RecipientsAsync(http.Caller.Tenant, id, wanted, from, Math.Clamp(limit ?? DefaultSize, 1, MaxSize), ct);
        return Results.Ok(new PageJson<RecipientJson>([.. lines.Select(RecipientJson.Of)], last?.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    private static IResult Accepted(Result<Campaign> result) =>
        result.ToHttp(c => Results.Accepted($"/api/v1/campaigns/{c.CampaignId}", CampaignJson.Of(c, withContent: false)));

    internal static bool TryCursor(string? cursor, out long id)
    {
        id = 0;
        return string.IsNullOrEmpty(cursor) || long.TryParse(cursor, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out id);
    }

    internal static IResult BadCursor() => new FieldFault("cursor", "This cursor is none that was given out.").ToProblem();

    internal static string? Next<T>(IReadOnlyList<T> page, int size, Func<T, long> id) =>
        page.Count < size ? null : id(page[^1]).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <param name="To">1 to 10 addresses.</param>
    /// <param name="ContactId">Whose profile fills the mail; absent for a sample.</param>
    internal sealed record TestJson(IReadOnlyList<string>? To, long? ContactId);
}
