using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Modular.Contacts.Importing;
using Modular.Tenancy;

namespace Modular.Contacts.DropFolder;

internal static class DropFolderServices
{
    public static void AddDropFolder(this IServiceCollection services, IConfigurationSection settings)
    {
        services.AddSingleton(settings.Get<DropFolderSettings>() ?? new DropFolderSettings());
        services.AddSingleton<DropFolders>().AddSingleton<ISealedFiles>(s => s.GetRequiredService<DropFolders>()).AddSingleton<Arrivals>();
        services.AddSingleton<StorageUse>().AddSingleton<DropFolderRoom>().AddSingleton<IQuotaMeter>(s => s.GetRequiredService<DropFolderRoom>());
        services.AddSingleton<DavFiles>().AddSingleton<DavLockVerbs>().AddSingleton<DavEndpoint>();
        services.AddWorker<DropFolderSweep>();
    }
}
