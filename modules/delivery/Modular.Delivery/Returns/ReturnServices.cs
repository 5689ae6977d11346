using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Modular.Delivery.Returns;

internal static class ReturnServices
{
    public static IServiceCollection AddReturns(this IServiceCollection services) => services
        .AddSingleton<ReturnSignal>().AddSingleton<ReturnReader>().AddSingleton<ReturnInbox>().AddSingleton<ReporterCheck>().AddSingleton<FeedbackInbox>()
        .AddSingleton<ReportOwners>().AddSingleton<DomainReportInbox>()
        .AddSingleton<IHostedService>(provider =>
            provider.GetRequiredService<HostFacts>().Is(HostRoles.Worker) ? ActivatorUtilities.CreateInstance<ReturnWorker>(provider) : new NoWorker());
}
