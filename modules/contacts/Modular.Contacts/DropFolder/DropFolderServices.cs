using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Modular.Contacts.Importing;

namespace Modular.Contacts.DropFolder;

internal static class DropFolderServices
{
    public static void AddDropFolder(this IServiceCollection services, IConfigurationSection settings)
    {
        services.AddSingleton(settings.Get<DropFolderSettings>() ?? new DropFolderSettings());
        services.AddSingleton<DropFolders>().AddSingleton<Arrivals>();
        services.AddSingleton<DavFiles>().AddSingleton<DavLockVerbs>().AddSingleton<DavEndpoint>();
        services.AddWorker<DropFolderSweep>();
    }
}
