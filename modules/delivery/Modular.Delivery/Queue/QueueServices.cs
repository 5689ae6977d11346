using Microsoft.Extensions.DependencyInjection;

namespace Modular.Delivery.Queue;

internal static class QueueServices
{
    public static IServiceCollection AddQueue(this IServiceCollection services) => services
        .AddSingleton(Holder.OfThisProcess())
        .AddSingleton<SendSignal>()
        .AddSingleton<Leases>()
        .AddSingleton<Claims>()
        .AddSingleton<Handing>()
        .AddSingleton<CampaignRuns>()
        .AddSingleton<Ledger>()
        .AddSingleton<IDeliveries, Deliveries>()
        .AddSealedColumn("delivery", "recipient_id", "test_to", Claims.TestPurpose);
}
