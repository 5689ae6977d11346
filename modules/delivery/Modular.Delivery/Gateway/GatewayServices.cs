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
