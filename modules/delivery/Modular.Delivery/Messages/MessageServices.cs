using Microsoft.Extensions.DependencyInjection;

namespace Modular.Delivery.Messages;

internal static class MessageServices
{
    public static IServiceCollection AddMessages(this IServiceCollection services) => services
        .AddSingleton<QueueSummary>()
        .AddSingleton<IExplain, DeliveryExplained>().AddSingleton<IExplainSubjects, DeliverySubjects>().AddSingleton<ITimeline, DeliveryTimeline>();
}
