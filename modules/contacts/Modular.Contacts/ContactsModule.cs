using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Modular.Compliance;
using Modular.Contacts.DropFolder;
using Modular.Contacts.Fields;
using Modular.Contacts.Importing;
using Modular.Contacts.Importing.Schedules;
using Modular.Contacts.Lists;
using Modular.Contacts.Segments;
using Modular.Delivery;
using Modular.Tenancy;
using Modular.Web.Kit;

[assembly: Module(typeof(Modular.Contacts.ContactsModule))]

namespace Modular.Contacts;

/// <summary>Who is written to: fields, contacts, lists, segments, imports, the drop folder.</summary>
public sealed class ContactsModule : IModule
{
    public string Name => "contacts";

    public void AddServices(IServiceCollection services, IConfigurationSection settings)
    {
        services.AddSingleton<FieldBook>().AddSingleton<ListBook>().AddSingleton<SegmentBook>();
        services.AddSingleton<ContactQuota>().AddSingleton<IQuotaMeter>(s => s.GetRequiredService<ContactQuota>());
        services.AddSingleton<ContactBook>().AddSingleton<ContactSearch>().AddSingleton<ContactStories>();
        services.AddSingleton<Audiences>().AddSingleton<IAudiences>(s => s.GetRequiredService<Audiences>());
        services.AddSingleton<ILimitChoices, ListChoices>();
        services.AddSingleton<IProfiles, Profiles>();
        services.AddSingleton<IExplain, ExplainContact>();
        services.AddSealedColumn("contact", "contact_id", "profile", SealPurpose.Profile);
        services.AddSealedColumn("import_schedule", "schedule_id", "settings", SealPurpose.ScheduleSettings);
        services.AddHearer<RecipientBounced, OnRecipientBounced>();
        services.AddHearer<RecipientComplained, OnRecipientComplained>();
        services.AddHearer<AddressSuppressed, OnAddressSuppressed>();
        services.AddImporting();
        services.AddDropFolder(settings.GetSection("DropFolder"));
        services.AddDashboardPart<ImportsNow>();
        services.AddNavigation(
            new NavigationItem(NavigationGroup.Contacts, "All", "/contacts", 10, Permissions.ContactsRead),
            new NavigationItem(NavigationGroup.Contacts, "Lists", "/contacts/lists", 20, Permissions.ContactsRead),
            new NavigationItem(NavigationGroup.Contacts, "Segments", "/contacts/segments", 30, Permissions.ContactsRead),
            new NavigationItem(NavigationGroup.Contacts, "Imports", "/contacts/imports", 40, Permissions.ContactsRead));
    }

    public void MapEndpoints(ModuleRoutes routes)
    {
        FieldEndpoints.Map(routes.Api);
        ContactEndpoints.Map(routes.Api);
        ListEndpoints.Map(routes.Api);
        SegmentEndpoints.Map(routes.Api);
        ImportEndpoints.Map(routes.Api);
        ScheduleEndpoints.Map(routes.Api);
        DavEndpoint.Map(routes.Root);
    }
}
