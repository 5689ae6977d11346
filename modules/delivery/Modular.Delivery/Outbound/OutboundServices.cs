using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Modular.Delivery.Domains;
using Modular.Mail.Dns;

namespace Modular.Delivery.Outbound;

internal static class OutboundServices
{
    public static IServiceCollection AddOutbound(this IServiceCollection services)
    {
        services.AddSealedColumn("sending_domain_key", "key_id", "private_key", DomainKeys.Purpose).AddSealedColumn("delivery.own_key", "key_id", "private_key", OwnSignature.Purpose);
        services.AddSingleton<OwnName>().AddSingleton<DomainStanding>().AddSingleton<DomainKeys>().AddSingleton<DkimRotation>().AddSingleton<OwnSignature>().AddSingleton<SendingDomains>().AddSingleton<ISendingDomains>(provider => provider.GetRequiredService<SendingDomains>()).AddSingleton<ILimitChoices, DomainChoices>();
        services.AddSingleton<Signers>().AddSingleton<MessageWriter>().AddSingleton<Composer>().AddSingleton<Shapes>().AddSingleton<LaneRunner>();
        services.AddSingleton<DomainPolicies>().AddSingleton<PolicyFetcher>().AddSingleton<PolicyShelf>();
        services.TryAddSingleton(provider => OutboundTrust.Read(provider.GetRequiredService<IOptions<DeliverySettings>>().Value.Tls.RootsFile));
        services.AddSingleton<IRoutes>(provider => provider.GetRequiredService<IOptions<DeliverySettings>>().Value.Mode switch
        {
            DeliveryMode.Smarthost => ActivatorUtilities.CreateInstance<SmarthostRoutes>(provider),
            DeliveryMode.Mx => ActivatorUtilities.CreateInstance<MxRoutes>(provider),
            _ => ActivatorUtilities.CreateInstance<CaptureRoutes>(provider),
        });
        services.AddSingleton<Func<Composer>>(provider => () => provider.GetRequiredService<Composer>()); // what it asks comes from other modules: looked for when the first mail is sent
        services.TryAddSingleton<IDnsResolver>(NewResolver);
        services.AddSingleton<FreshDns>(provider => () => provider.GetRequiredService<IDnsResolver>() is StubResolver ? NewResolver(provider) : provider.GetRequiredService<IDnsResolver>());
        services.AddSingleton<SendWorker>();
        return services.AddSingleton<IHostedService>(provider =>
            provider.GetRequiredService<HostFacts>().Is(HostRoles.Sender) ? provider.GetRequiredService<SendWorker>() : new NoWorker());
    }

    private static StubResolver NewResolver(IServiceProvider provider) =>
        new(Resolvers(provider.GetRequiredService<IOptions<DeliverySettings>>().Value.Mx.Resolvers), provider.GetRequiredService<TimeProvider>());

    private static StubResolverOptions Resolvers(string configured) => configured.Length is 0
        ? StubResolverOptions.FromResolvConf(File.Exists("/etc/resolv.conf") ? File.ReadAllText("/etc/resolv.conf") : "")
        : new StubResolverOptions
        {
            Servers = [.. configured.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(text => IPEndPoint.Parse(text) is { Port: 0 } bare ? new IPEndPoint(bare.Address, 53) : IPEndPoint.Parse(text))],
        };
}
