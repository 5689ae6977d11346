using Microsoft.Extensions.DependencyInjection;
using Modular.Delivery;
using Modular.Web.Kit;

namespace Modular.Compliance.Suppressing;

internal static class SuppressionServices
{
    public static IServiceCollection AddSuppression(this IServiceCollection services) => services
        .AddSingleton<SuppressionList>()
        .AddSingleton<ISuppressionList>(s => s.GetRequiredService<SuppressionList>())
        .AddSingleton<SuppressionAdding>()
        .AddSingleton<SuppressionLifting>()
        .AddSingleton<IExplain, ExplainSuppression>()
        .AddSingleton<ITimeline, SuppressionTimeline>()
        .AddHearer<RecipientBounced, OnRecipientBounced>()
        .AddHearer<RecipientComplained, OnRecipientComplained>()
        .AddNavigation(new NavigationItem(NavigationGroup.Delivery, "Suppressions", "/suppressions", 40, Permissions.SuppressionRead));
}
