using Modular.Host.Certificates;
using Modular.Host.Commands;
using Modular.Host.Explaining;
using Modular.Host.Loading;
using Modular.Host.Migrating;
using Modular.Host.Observing;
using Modular.Host.Outbox;
using Modular.Host.Plugins;
using Modular.Host.Postgres;
using Modular.Host.Settings;
using Modular.Host.Web;

namespace Modular.Host;

/// <summary>The whole suite in one object: settings, modules, services, database. Built first, opened when the database is needed, started when it is to serve.</summary>
internal sealed class Suite : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HostSettings _settings;
    private OpenDatabase? _database;
    private DatabaseOwner? _owner;

    private Suite(WebApplication app, HostSettings settings) => (_app, _settings) = (app, settings);

    public IServiceProvider Services => _app.Services;

    public HostFacts Facts => _settings.Facts;

    /// <param name="flags">Settings that win over every file.</param>
    /// <param name="roles">What this process does; null leaves it to the settings.</param>
    public static Suite Build(string dataFolder, IReadOnlyDictionary<string, string?> flags, HostRoles? roles)
    {
        var configuration = SuiteSettings.Read(dataFolder, flags);
        var settings = HostSettings.Read(configuration, dataFolder, roles);
        var modules = ModuleLoader.Find(AppContext.BaseDirectory);

        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = "modular", ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddConfiguration(configuration);
        builder.Logging.AddConsoleLog(configuration, isCommand: settings.Facts.Roles is HostRoles.None);
        builder.WebHost.UseStaticWebAssets();   // from a checkout the modules' files are still where they were written
        builder.WebHost.UseUrls();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(30));

        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(settings).AddSingleton(settings.Facts);
        builder.Services.AddSingleton<IKeyStore>(_ => new FileKeyStore(Path.Combine(dataFolder, "keys"))).AddSingleton<ISealer, Sealer>();
        builder.Services.AddSingleton<DatabaseAddress>().AddSingleton<SystemDb>().AddSingleton<TenantDb>();
        builder.Services.AddSingleton(MigrationSet.Of(modules));
        builder.Services.AddSingleton<DatabaseOwner>().AddSingleton<ITenantProvisioning>(s => s.GetRequiredService<DatabaseOwner>()).AddSingleton<IResealing, Resealing>();
        builder.Services.AddSingleton<MetricsStore>().AddSingleton<SignInThrottle>();
        builder.Services.AddCertificate(configuration);
        foreach (var module in modules)
            module.Module.AddServices(builder.Services, configuration.GetSection(module.Name));
        builder.Services.AddAbsences().AddOutbox().AddPlugins(configuration).AddExplaining().AddHostCommands().AddWeb(settings, modules);

        builder.Services.AddSingleton(CommandTable.Of(builder.Services));

        var app = builder.Build();
        if (settings.Facts.Roles is not HostRoles.None)
            app.UseWeb(settings, modules);
        return new(app, settings);
    }

    /// <summary>Opens the database and brings it up to date. From here on commands and tests may use every service.</summary>
    public async Task OpenDatabaseAsync(CancellationToken ct)
    {
        var settings = Services.GetRequiredService<IConfiguration>().GetSection("Database");
        _database = await OpenDatabase.OpenAsync(
            settings, Facts.DataFolder, Services.GetRequiredService<IKeyStore>(), asHost: Facts.Roles is not HostRoles.None,
            Services.GetRequiredService<TimeProvider>(), Services.GetRequiredService<ILogger<PrivatePostgres>>(), ct);
        _owner = Services.GetRequiredService<DatabaseOwner>();
        Services.GetRequiredService<DatabaseAddress>().Open(await _owner.OpenAsync(_database.OwnerConnectionString, ct));
    }

    /// <summary>Starts listeners and workers.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        PortHolder.RequireFree(Facts, _settings.Address);
        _ = Services.GetRequiredService<MetricsStore>();   // listens from the first measurement on
        await _app.StartAsync(ct);
    }

    public Task StopAsync(CancellationToken ct) => _app.StopAsync(ct);

    /// <summary>Services first, then the database that they used.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }
}
