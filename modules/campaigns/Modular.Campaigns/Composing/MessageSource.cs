using Modular.Campaigns.Sending;
using Modular.Contacts;
using Modular.Delivery;

namespace Modular.Campaigns.Composing;

/// <summary>Makes mails at the moment they are sent: the frozen revision and the opened profiles go in, bytes come out, nothing is kept.</summary>
internal sealed class MessageSource(Revisions revisions, IProfiles profiles, ISealer sealer, HostFacts host) : IMessageSource
{
    /// <summary>A compiled revision is about three times its HTML.</summary>
    private const int RevisionsKept = 64;

    private readonly RecentlyUsed<(TenantId, long CampaignId), CompiledRevision> _sent = new(RevisionsKept);

    public async Task<IReadOnlyList<ComposedMessage>> ComposeAsync(TenantId tenant, long campaignId, IReadOnlyList<ComposeRequest> recipients, CancellationToken ct)
    {
        var people = await OpenAsync(tenant, recipients, ct);
        CompiledRevision.Desk? sentDesk = null, testDesk = null;
        var composed = new ComposedMessage[recipients.Count];
        CompiledRevision? sent = null, test = null;
        for (var i = 0; i < composed.Length; i++)
        {
            var request = recipients[i];
            var isTest = request.To is not null;
            var revision = isTest ? test ??= await NewestAsync(tenant, campaignId, ct) : sent ??= await SentAsync(tenant, campaignId, ct);
            if (revision is null) composed[i] = new ComposedMessage.Skipped("the campaign has no content");
            else if (!people.TryGetValue(request.ContactId, out var person)) composed[i] = new ComposedMessage.Skipped("contact deleted");
            else composed[i] = revision.Compose(isTest ? testDesk ??= NewDesk(tenant, revision) : sentDesk ??= NewDesk(tenant, revision), person, request.RecipientId, request.To);
        }
        return composed;
    }

    /// <summary>The revision's HTML for one recipient, as a browser shows it; null when there is nothing to show.</summary>
    public async Task<ReadOnlyMemory<byte>?> ViewAsync(TenantId tenant, long revisionId, long contactId, long recipientId, bool isTest, CancellationToken ct)
    {
        if (await revisions.FindAsync(tenant, revisionId, ct) is not { } frozen) return null;
        var people = await OpenAsync(tenant, [new ComposeRequest(recipientId, contactId, null)], ct);
        if (!people.TryGetValue(contactId, out var person)) return null;
        var revision = Compile(tenant, frozen);
        return revision.Html(NewDesk(tenant, revision), person, recipientId, isTest);
    }

    private CompiledRevision.Desk NewDesk(TenantId tenant, CompiledRevision revision) => new(new RecipientLinks(sealer, host.PublicUrl, tenant, revision.RevisionId));

    private async Task<CompiledRevision?> SentAsync(TenantId tenant, long campaignId, CancellationToken ct) =>
        _sent.Find((tenant, campaignId)) ?? (await revisions.SentAsync(tenant, campaignId, ct) is { } frozen ? _sent.Keep((tenant, campaignId), Compile(tenant, frozen)) : null);

    private async Task<CompiledRevision?> NewestAsync(TenantId tenant, long campaignId, CancellationToken ct) =>
        await revisions.NewestAsync(tenant, campaignId, ct) is { } frozen ? Compile(tenant, frozen) : null;

    private static CompiledRevision Compile(TenantId tenant, Revision frozen)
    {
        // Checked when it was frozen; a field deleted since then is empty.
        var content = CompiledContent.Compile(new Content(frozen.Subject, frozen.Html, frozen.Text), TemplateFields.Any);
        var from = EmailAddress.Parse(frozen.FromAddress);
        return new CompiledRevision(frozen.RevisionId, content, new SharedHeader(
            from,
            frozen.FromName.Length > 0 ? frozen.FromName : null,
            frozen.ReplyTo.Length > 0 ? EmailAddress.Parse(frozen.ReplyTo) : null,
            ListId: $"{tenant}.list.{from.Domain}",                                   // one for all of a tenant's campaigns, so that a filter made once holds (RFC 2919 §2)
            FeedbackId: $"{frozen.CampaignId}:{tenant}:campaign:modular"));
    }

    private async Task<Dictionary<long, Profile>> OpenAsync(TenantId tenant, IReadOnlyList<ComposeRequest> recipients, CancellationToken ct)
    {
        var ids = recipients.Select(r => r.ContactId).Where(id => id != 0).Distinct().ToList();
        var people = new Dictionary<long, Profile>(recipients.Count);
        if (ids.Count > 0)
        {
            foreach (var profile in await profiles.OpenAsync(tenant, ids, ct)) people[profile.ContactId] = profile;
        }
        if (recipients.Any(r => r.ContactId == 0)) people[0] = SampleProfile.Of(await profiles.FieldsAsync(tenant, ct));
        return people;
    }
}
