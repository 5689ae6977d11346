namespace Modular.Host.Outbox;

internal static class OutboxServices
{
    public static IServiceCollection AddOutbox(this IServiceCollection services) => services
        .AddSingleton<OutboxSignal>()
        .AddSingleton<OutboxMetrics>()
        .AddSingleton<IOutbox, OutboxWriter>()
        .AddSingleton<OutboxDispatcher>()
        .AddSingleton<OutboxDraining>()
        .AddHostedService<OutboxWorker>();
}
