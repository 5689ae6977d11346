using Modular.Campaigns.Drafting;
using Modular.Tenancy;

namespace Modular.Campaigns.Sending;

/// <summary>Pauses what is under way: if the tenant comes back, a person decides what goes on.</summary>
internal sealed class OnTenantDeactivated(TenantDb db, CampaignSending sending) : IHandle<TenantDeactivated>
{
    private const string UnderWay = "select campaign_id from campaign where state in ('preparing', 'sending')";

    public async Task HandleAsync(TenantDeactivated e, CancellationToken ct)
    {
        foreach (var campaignId in await db.ListAsync<long>(e.Tenant, UnderWay, null, ct)) await sending.PauseAsync(Reach.Whole(e.Tenant), campaignId, "system", ct);
    }
}
