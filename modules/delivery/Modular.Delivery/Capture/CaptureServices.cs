using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Modular.Delivery.Gateway;
using Modular.Tenancy;

namespace Modular.Delivery.Capture;

internal static class CaptureServices
{
    public static IServiceCollection AddCapture(this IServiceCollection services)
    {
        services.AddSingleton<CaptureFiles>().AddSingleton<CapturedMails>().AddSingleton<CaptureStore>().AddSingleton<CaptureConnections>().AddSingleton<Patience>().AddSingleton<Reactions>()
            .AddSingleton<CapturedSms>().AddSingleton<ISmsCapture>(s => s.GetRequiredService<CapturedSms>())
            .AddSealedColumn("captured_sms", "sms_id", "message_sealed", CapturedSms.Purpose);
        services.AddOptions<KestrelServerOptions>().Configure<HostFacts, IOptions<DeliverySettings>, SmtpPorts>((kestrel, facts, settings, ports) =>
        {
            if (!IsOn(facts, settings.Value)) return;
            kestrel.Listen(IPAddress.Loopback, facts.Ports.Capture, listen =>
            {
                ports.CaptureListens(listen);
                listen.UseConnectionHandler<CaptureConnections>();
            });
        });
        return services.AddSingleton<IHostedService>(provider =>
            IsOn(provider.GetRequiredService<HostFacts>(), provider.GetRequiredService<IOptions<DeliverySettings>>().Value)
                ? ActivatorUtilities.CreateInstance<ReactionWorker>(provider)
                : new NoWorker());
    }

    private static bool IsOn(HostFacts facts, DeliverySettings settings) => settings.Mode is DeliveryMode.Capture && facts.Is(HostRoles.Gateway);
}
