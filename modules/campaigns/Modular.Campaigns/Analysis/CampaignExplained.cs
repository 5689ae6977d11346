using Modular.Campaigns.Tracking;

namespace Modular.Campaigns.Analysis;

/// <summary>This module's part of one message's life: which campaign and revision it was made of, and everything that was done with it.</summary>
internal sealed class CampaignExplained(TenantDb db) : IExplain
{
    private const string OfCampaign = """
        select c.name, c.started_at, r.number, r.subject, r.frozen_at
          from campaign c
          join content_revision r on r.revision_id = c.revision_id
         where c.campaign_id = @CampaignId
        """;

    private const string OfRecipient = """
        select a.at, a.kind, a.link, a.agent, l.target
          from (select * from response where recipient_id = @RecipientId
                union all
                select * from response_inbox where recipient_id = @RecipientId) a
          left join campaign c on c.campaign_id = a.campaign_id
          left join link l on a.kind = 2 and l.revision_id = c.revision_id and l.number = a.link
         order by a.at
         limit 200
        """;

    public async Task<IReadOnlyList<ExplainedStep>> ExplainAsync(ExplainSubject subject, CancellationToken ct)
    {
        var steps = new List<ExplainedStep>();
        if (await db.FindAsync<CampaignRow>(subject.Tenant, OfCampaign, subject, ct) is { } campaign)
        {
            steps.Add(new ExplainedStep(campaign.FrozenAt, "campaigns", $"Content frozen: revision {campaign.Number} of campaign '{campaign.Name}'", campaign.Subject));
            steps.Add(new ExplainedStep(campaign.StartedAt, "campaigns", $"Campaign {subject.CampaignId} was sent"));
        }
        steps.AddRange((await db.ListAsync<ResponseRow>(subject.Tenant, OfRecipient, subject, ct)).Select(r => new ExplainedStep(r.At, "campaigns", Words(r), r.Target)));
        return steps;
    }

    private static string Words(ResponseRow response)
    {
        var by = response.Agent == (short)Agent.Machine ? " by a machine" : "";
        return (ResponseKind)response.Kind switch
        {
            ResponseKind.Open => "Opened" + by,
            ResponseKind.Click => $"Clicked link {response.Link}{by}",
            ResponseKind.Unsubscribe => "Unsubscribed",
            _ => "Reported as spam",
        };
    }

    private sealed record CampaignRow
    {
        public required string Name { get; init; }

        public DateTimeOffset StartedAt { get; init; }

        public int Number { get; init; }

        public required string Subject { get; init; }

        public DateTimeOffset FrozenAt { get; init; }
    }

    private sealed record ResponseRow
    {
        public DateTimeOffset At { get; init; }

        public short Kind { get; init; }

        public short Link { get; init; }

        public short Agent { get; init; }

        public string? Target { get; init; }
    }
}
