using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Modular.Campaigns.Analysis;
using Modular.Campaigns.Sending;
using Modular.Tenancy;

namespace Modular.Campaigns.Drafting;

/// <summary>What the commands share: finding the tenant and the campaign, and printing.</summary>
internal abstract class CampaignCommand(ITenants tenants) : ICommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public abstract string Name { get; }

    public abstract string Usage { get; }

    public abstract string Summary { get; }

    protected static string Actor => "cli:" + Environment.UserName;

    public abstract Task<int> RunAsync(CommandLine line, CancellationToken ct);

    protected async Task<TenantId?> TenantAsync(CommandLine line, string slug, CancellationToken ct)
    {
        if (await tenants.FindAsync(slug, ct) is { } tenant) return tenant.Id;
        await line.Error.WriteLineAsync($"There is no tenant '{slug}'. modular tenant list names them.");
        return null;
    }

    protected static bool TryId(string text, out long id) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);

    protected static Task PrintJsonAsync(CommandLine line, object value) => line.Out.WriteLineAsync(JsonSerializer.Serialize(value, Json));

    protected static async Task<int> FailAsync(CommandLine line, Fault fault)
    {
        await line.Error.WriteLineAsync(fault.Detail);
        return 1;
    }
}

internal sealed class CampaignListCommand(ITenants tenants, CampaignDrafts drafts, CampaignAnalysis analysis) : CampaignCommand(tenants)
{
    public override string Name => "campaign list";

    public override string Usage => "TENANT [--json]";

    public override string Summary => "Names a tenant's campaigns, the newest first, with where they stand.";

    public override async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var slug]) return line.Refuse(this, "name one tenant.");
        if (await TenantAsync(line, slug, ct) is not { } tenant) return 1;
        var campaigns = await drafts.ListAsync(Reach.Whole(tenant), null, null, 0, CampaignDrafts.MaxPage, ct);
        if (line.Has("json"))
        {
            await PrintJsonAsync(line, campaigns.Select(c => CampaignJson.Of(c, withContent: false)));
            return 0;
        }
        var figures = await analysis.OfAsync(tenant, [.. campaigns.Select(c => c.CampaignId)], ct);
        foreach (var campaign in campaigns)
        {
            var ledger = figures[campaign.CampaignId].Ledger;
            await line.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{campaign.CampaignId,16}  {campaign.State.Word(),-9}  {ledger.Delivered,9:N0} of {ledger.Audience,9:N0} delivered  {campaign.Name}"));
        }
        return 0;
    }
}

internal sealed class CampaignShowCommand(ITenants tenants, CampaignDrafts drafts, CampaignAnalysis analysis) : CampaignCommand(tenants)
{
    public override string Name => "campaign show";

    public override string Usage => "TENANT ID [--json]";

    public override string Summary => "Shows one campaign's figures.";

    public override async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var slug, var text] || !TryId(text, out var id)) return line.Refuse(this, "name a tenant and a campaign's id.");
        if (await TenantAsync(line, slug, ct) is not { } tenant) return 1;
        if (await drafts.FindAsync(Reach.Whole(tenant), id, ct) is not { } campaign) return await FailAsync(line, new NotFound("campaign"));
        var figures = await analysis.OfAsync(tenant, id, ct);
        var links = await analysis.LinksAsync(tenant, id, ct);
        if (line.Has("json"))
        {
            await PrintJsonAsync(line, AnalysisJson.Of(campaign, figures, links, await analysis.SeriesAsync(tenant, id, ct)));
            return 0;
        }
        await line.Out.WriteLineAsync($"{campaign.Name} ({campaign.State.Word()}): {campaign.Subject}");
        var ledger = figures.Ledger;
        foreach (var (what, count) in new (string, long)[]
        {
            ("audience", ledger.Audience), ("queued", ledger.Queued), ("sending", ledger.Sending), ("delivered", ledger.Delivered), ("deferred", ledger.Deferred),
            ("bounced", ledger.Bounced), ("suppressed", ledger.Suppressed), ("skipped", ledger.Skipped), ("given up", ledger.GivenUp),
            ("complaints", ledger.Complaints), ("opened by people", figures.Opens.People), ("clicked by people", figures.Clicks.People), ("unsubscribed", figures.Unsubscribes),
        })
        {
            await line.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {what,-18}{count,12:N0}"));
        }
        foreach (var link in links) await line.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  link {link.Number,-3}{link.People,9:N0} people  {link.Target}"));
        return 0;
    }
}

internal sealed class CampaignSendCommand(ITenants tenants, CampaignSending sending) : CampaignCommand(tenants)
{
    public override string Name => "campaign send";

    public override string Usage => "TENANT ID [--json]";

    public override string Summary => "Sends a campaign, or resumes one that is paused.";

    public override async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var slug, var text] || !TryId(text, out var id)) return line.Refuse(this, "name a tenant and a campaign's id.");
        if (await TenantAsync(line, slug, ct) is not { } tenant) return 1;
        var sent = await sending.SendAsync(Reach.Whole(tenant), id, Actor, ct);
        if (sent is { IsOk: true, Value.State: CampaignState.Paused }) sent = await sending.ResumeAsync(Reach.Whole(tenant), id, Actor, ct);
        if (!sent.IsOk) return await FailAsync(line, sent.Fault);
        if (line.Has("json")) await PrintJsonAsync(line, CampaignJson.Of(sent.Value, withContent: false));
        else await line.Out.WriteLineAsync($"{sent.Value.Name} is {sent.Value.State.Word()}.");
        return 0;
    }
}

internal sealed class CampaignPauseCommand(ITenants tenants, CampaignSending sending) : CampaignCommand(tenants)
{
    public override string Name => "campaign pause";

    public override string Usage => "TENANT ID [--json]";

    public override string Summary => "Pauses a campaign; campaign send goes on with it.";

    public override async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var slug, var text] || !TryId(text, out var id)) return line.Refuse(this, "name a tenant and a campaign's id.");
        if (await TenantAsync(line, slug, ct) is not { } tenant) return 1;
        var paused = await sending.PauseAsync(Reach.Whole(tenant), id, Actor, ct);
        if (!paused.IsOk) return await FailAsync(line, paused.Fault);
        if (line.Has("json")) await PrintJsonAsync(line, CampaignJson.Of(paused.Value, withContent: false));
        else await line.Out.WriteLineAsync($"{paused.Value.Name} is paused.");
        return 0;
    }
}
