using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Modular.Campaigns.Analysis;
using Modular.Campaigns.Composing;
using Modular.Campaigns.Drafting;
using Modular.Campaigns.Sending;
using Modular.Campaigns.Tracking;
using Modular.Compliance;
using Modular.Delivery;
using Modular.Tenancy;
using Modular.Web.Kit;

[assembly: Module(typeof(Modular.Campaigns.CampaignsModule))]

namespace Modular.Campaigns;

public sealed class CampaignsModule : IModule
{
    public string Name => "campaigns";

    public void AddServices(IServiceCollection services, IConfigurationSection settings)
    {
        services.AddSingleton<Senders>().AddSingleton<CampaignDrafts>().AddSingleton<TemplateStore>().AddSingleton<Preflight>();
        services.AddSingleton<MessageSource>().AddSingleton<IMessageSource>(s => s.GetRequiredService<MessageSource>());
        services.AddSingleton<Revisions>().AddSingleton<CampaignSending>().AddSingleton<AudienceSignal>().AddSingleton<AudienceHandover>();
        services.AddHostedService<AudienceWorker>();
        services.AddSingleton<HitLog>().AddSingleton<HitFolding>().AddSingleton<FrozenLinks>().AddSingleton<Unsubscribing>().AddSingleton<TrackingEndpoints>();
        services.AddHostedService<HitFoldingWorker>();
        services.AddHearer<TenantDeactivated, OnTenantDeactivated>();
        services.AddHearer<RecipientComplained, OnRecipientComplained>();
        services.AddHearer<AddressSuppressed, OnAddressSuppressed>();
        services.AddSingleton<CampaignAnalysis>().AddSingleton<IExplain, CampaignExplained>();
        services.AddSingleton<ICommand, CampaignListCommand>().AddSingleton<ICommand, CampaignShowCommand>();
        services.AddSingleton<ICommand, CampaignSendCommand>().AddSingleton<ICommand, CampaignPauseCommand>().AddSingleton<ICommand, BenchTrackingCommand>();
        services.AddDashboardPart<CampaignsOnDashboard>();
        services.AddNavigation(
            new NavigationItem(NavigationGroup.Campaigns, "All", "/campaigns", 10, Permissions.CampaignsRead),
            new NavigationItem(NavigationGroup.Campaigns, "Templates", "/templates", 20, Permissions.CampaignsRead));
    }

    public void MapEndpoints(ModuleRoutes routes)
    {
        routes.Api.MapCampaigns();
        routes.Api.MapTemplates();
        TrackingEndpoints.Map(routes.Root);
    }
}
