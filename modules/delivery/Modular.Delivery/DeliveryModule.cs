using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Modular.Delivery.Capture;
using Modular.Delivery.Domains;
using Modular.Delivery.Gateway;
using Modular.Delivery.Letters;
using Modular.Delivery.Messages;
using Modular.Delivery.Outbound;
using Modular.Delivery.Queue;
using Modular.Delivery.Returns;
using Modular.Delivery.Submission;
using Modular.Web.Kit;

[assembly: Module(typeof(Modular.Delivery.DeliveryModule))]

namespace Modular.Delivery;

/// <summary>Queues, sends, and takes back what returns.</summary>
public sealed class DeliveryModule : IModule
{
    public string Name => "delivery";

    public void AddServices(IServiceCollection services, IConfigurationSection settings)
    {
        services.Configure<DeliverySettings>(settings);
        services.AddSingleton<SignedAddresses>();
        services.AddSingleton<SmtpPorts>().AddSingleton<SmtpCertificate>();
        services.AddQueue().AddOutbound().AddCapture().AddGateway().AddSubmission().AddLetters().AddReturns().AddMessages();
        services.AddSingleton<ICommand, BounceExplainCommand>().AddSingleton<ICommand, MailInspectCommand>().AddSingleton<ICommand, BenchGatewayCommand>().AddSingleton<ICommand, ProbeCommand>().AddSingleton<ICommand, OwnSignatureCommand>();
        services.AddNavigation(
            new NavigationItem(NavigationGroup.Delivery, "Queue", "/delivery/queue", 20, Permissions.DeliveryRead, LimitKinds.Any),
            new NavigationItem(NavigationGroup.Delivery, "Sending domains", "/delivery/domains", 30, Permissions.DeliveryRead),
            new NavigationItem(NavigationGroup.Delivery, "Gateway", "/delivery/gateway", 50, Permissions.DeliveryRead, LimitKinds.Any),
            new NavigationItem(NavigationGroup.Delivery, "Captured mail", "/delivery/captured", 60, Permissions.DeliveryRead, LimitKinds.Any));
    }

    public void MapEndpoints(ModuleRoutes routes)
    {
        routes.Api.MapSendingDomains();
        routes.Api.MapMessages();
        routes.Api.MapCapture();
    }
}
