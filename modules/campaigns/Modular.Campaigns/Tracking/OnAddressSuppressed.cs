using Modular.Compliance;
using Modular.Delivery;

namespace Modular.Campaigns.Tracking;

/// <summary>Counts an unsubscribing for the campaign whose mail led to it, by whatever way it came: link, one click, mail.</summary>
internal sealed class OnAddressSuppressed(TenantDb db, IDeliveries deliveries, HitFolding folding) : IHandle<AddressSuppressed>
{
    public async Task HandleAsync(AddressSuppressed e, CancellationToken ct)
    {
        if (e is not { Reason: SuppressionReason.Unsubscribed, RecipientId: { } recipientId }) return;
        if (await deliveries.FindAsync(e.Tenant, recipientId, ct) is not { Entry: { CampaignId: not 0 } recipient }) return; // submitted mail belongs to no campaign
        await db.RunAsync(e.Tenant, Response.AddOnce, new { recipientId, recipient.CampaignId, e.At, kind = (short)ResponseKind.Unsubscribe }, ct);
        folding.Wake(e.Tenant);
    }
}

/// <summary>Counts a spam report for the campaign it is about.</summary>
internal sealed class OnRecipientComplained(TenantDb db, HitFolding folding) : IHandle<RecipientComplained>
{
    public async Task HandleAsync(RecipientComplained e, CancellationToken ct)
    {
        if (e.CampaignId is 0) return;
        await db.RunAsync(e.Tenant, Response.AddOnce, new { e.RecipientId, e.CampaignId, e.At, kind = (short)ResponseKind.Complaint }, ct);
        folding.Wake(e.Tenant);
    }
}

internal static class Response
{
    /// <summary>What a recipient can do once: hearing of it again changes nothing, whether the first is counted already or still waits.</summary>
    public const string AddOnce = """
        insert into response_inbox (recipient_id, campaign_id, at, kind, link, agent)
        select @recipientId, @campaignId, @at, @kind, 0, 1
         where not exists (select from response_first where recipient_id = @recipientId and kind = @kind and link = 0)
           and not exists (select from response_inbox where recipient_id = @recipientId and kind = @kind)
        """;
}
