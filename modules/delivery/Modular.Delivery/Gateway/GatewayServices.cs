using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Modular.Delivery.Gateway;

internal static class GatewayServices
{
    public static IServiceCollection AddGateway(this IServiceCollection services)
    {
        services.AddSingleton<InboundStore>().AddSingleton<GatewayHandler>().AddSingleton<GatewayConnections>();
        services.AddSealedColumn("inbound", "inbound_id", "envelope", InboundStore.Purpose).AddSealedColumn("inbound", "inbound_id", "message", InboundStore.Purpose);
        services.AddSealedColumn("delivery.inbound", "inbound_id", "envelope", InboundStore.Purpose).AddSealedColumn("delivery.inbound", "inbound_id", "message", InboundStore.Purpose);
        services.AddUnsealedColumn("inbound", "digest", "SHA-256 of a whole report: nobody guesses one");
        services.AddOptions<KestrelServerOptions>().Configure<HostFacts, IOptions<DeliverySettings>, SmtpPorts>((kestrel, facts, settings, ports) =>
        {
            if (!facts.Is(HostRoles.Gateway)) return;
            foreach (var address in settings.Value.Gateway.Listen.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                kestrel.Listen(IPAddress.Parse(address), facts.Ports.Gateway, listen =>
                {
                    ports.GatewayListens(listen);
                    listen.UseConnectionHandler<GatewayConnections>();
                });
            }
        });
        return services;
    }
}
