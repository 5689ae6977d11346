using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Modular.Web.Kit;

/// <summary>Pages speak and count in English whatever locale the server's own machine has; a second language is added here.</summary>
internal sealed class EnglishFirst : IStartupFilter
{
    private const string English = "en";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.UseRequestLocalization(options => options.SetDefaultCulture(English).AddSupportedCultures(English).AddSupportedUICultures(English));
        next(app);
    };
}
