using Modular.Campaigns.Composing;
using Modular.Contacts;

namespace Modular.Campaigns.Drafting;

/// <summary>One thing that stands in the way of sending, or that the author should know before.</summary>
/// <param name="Field">The draft's field it is about; null when it is about none.</param>
internal sealed record Finding(bool IsError, string Code, string Detail, string? Field);

/// <summary>What is looked at before a campaign may be sent: sender, content, the way out, audience.</summary>
internal sealed class Preflight(IProfiles profiles, IAudiences audiences, Senders senders)
{
    private const int SubjectShownUpTo = 78;

    internal sealed record Outcome(CompiledContent Content, IReadOnlyList<FieldDefinition> Fields, IReadOnlyList<Finding> Findings)
    {
        public IReadOnlyList<Finding> Errors => [.. Findings.Where(f => f.IsError)];
    }

    /// <param name="reach">Of whoever would send it.</param>
    public async Task<Outcome> CheckAsync(Reach reach, Campaign campaign, CancellationToken ct)
    {
        var tenant = reach.Tenant;
        var fields = await profiles.FieldsAsync(tenant, ct);
        var content = CompiledContent.Compile(new Content(campaign.Subject, campaign.Html, campaign.Text), TemplateFields.Of(fields));
        var findings = new List<Finding>();
        await CheckSenderAsync(reach, campaign, findings, ct);
        CheckContent(campaign, content, findings);
        if (campaign.SegmentId is { } segment && await audiences.SegmentNameAsync(tenant, segment, ct) is null)
            findings.Add(new Finding(true, "segment-missing", "The segment was deleted. Choose another audience.", "segmentId"));
        return new Outcome(content, fields, findings);
    }

    private async Task CheckSenderAsync(Reach reach, Campaign campaign, List<Finding> findings, CancellationToken ct)
    {
        if (campaign.FromAddress.Length == 0)
        {
            findings.Add(new Finding(true, "sender-missing", "Add a sender address.", "fromAddress"));
            return;
        }
        if (!EmailAddress.TryParse(campaign.FromAddress, out var from, out var why)) findings.Add(new Finding(true, "sender-invalid", why, "fromAddress"));
        else if (!await senders.MayAsync(reach, from, ct))
        {
            var known = await senders.DomainsAsync(reach, ct);
            findings.Add(new Finding(true, "sender-domain", $"{from.Domain} is not one of your sending domains{(known.Count == 0 ? "; add it first" : ": " + string.Join(", ", known))}.", "fromAddress"));
        }
        else findings.AddRange((await senders.WhatDnsLacksAsync(reach, from, ct)).Select(lack => new Finding(true, "sender-dns", lack, "fromAddress")));
    }

    private static void CheckContent(Campaign campaign, CompiledContent content, List<Finding> findings)
    {
        if (string.IsNullOrWhiteSpace(campaign.Subject)) findings.Add(new Finding(true, "subject-missing", "Add a subject.", "subject"));
        else if (campaign.Subject.Length > SubjectShownUpTo) findings.Add(new Finding(false, "subject-long", $"The subject has {campaign.Subject.Length} characters; most mail programs show fewer.", "subject"));
        findings.AddRange(content.Faults.Select(f => new Finding(true, "template", f.ToString(), f.Part.ToLowerInvariant())));
        if (string.IsNullOrWhiteSpace(campaign.Html))
        {
            findings.Add(new Finding(true, "content-missing", "Add content.", "html"));
            return;
        }
        if (!content.HtmlCanUnsubscribe) findings.Add(new Finding(true, "unsubscribe-missing", "The HTML needs a link to {{unsubscribe_url}} that everyone gets, outside of any condition.", "html"));
        if (!content.TextCanUnsubscribe && !string.IsNullOrWhiteSpace(campaign.Text)) findings.Add(new Finding(true, "unsubscribe-missing", "The text needs {{unsubscribe_url}}, outside of any condition.", "text"));
        if (string.IsNullOrWhiteSpace(campaign.Text)) findings.Add(new Finding(false, "text-made", "The text part is made out of the HTML.", "text"));
        if (campaign.Html.Length > CompiledContent.ClippedAbove) findings.Add(new Finding(false, "html-large", "The HTML is larger than 102 KB: Gmail cuts it off there.", "html"));
    }
}
