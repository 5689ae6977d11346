using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Modular.Delivery.Domains;
using Modular.Testing;

namespace Modular.Delivery.Tests.Domains;

/// <summary>Whoever reaches some sending domains alone sees and removes these, adds none, and finds what belongs to all domains and lists closed.</summary>
public sealed class DomainLimitTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly TestFolder _folder = new("delivery-limits");
    private TestDatabase _database = null!;
    private DeliveryHost _host = null!;
    private TenantId _tenant;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private SendingDomains Domains => _host.Get<SendingDomains>();

    private DomainKeys Keys => _host.Get<DomainKeys>();

    private DkimRotation Rotation => _host.Get<DkimRotation>();

    private Caller Owner => DeliveryHost.As(_tenant);

    private Caller Shop => Owner with { Limits = new Limits(null, new HashSet<string> { "shop.example" }) };

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync(Ct);
        _tenant = await _database.NewTenantAsync(Ct);
        _host = await DeliveryHost.StartAsync(_database, [_tenant], _folder.Path);
        foreach (var domain in new[] { "acme.example", "shop.example" }) Assert.True((await Domains.CreateAsync(Owner, domain, Ct)).IsOk);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Only_their_domains_are_there()
    {
        Assert.Equal(["acme.example", "shop.example"], (await Domains.ListAsync(Owner, Ct)).Select(d => d.Domain));
        Assert.Equal(["shop.example"], (await Domains.ListAsync(Shop, Ct)).Select(d => d.Domain));
        Assert.Empty(await Domains.ListAsync(Owner with { Limits = new Limits(null, new HashSet<string>()) }, Ct));
        Assert.Equal(2, (await Domains.ListAsync(Owner with { Limits = new Limits(new HashSet<long>(), null) }, Ct)).Count);   // a limit of lists is another

        Assert.IsType<NotWithinLimits>((await Domains.CreateAsync(Shop, "new.example", Ct)).Fault);
        Assert.IsType<NotFound>((await Domains.RemoveAsync(Shop, "acme.example", Ct)).Fault);
        Assert.Empty(await Keys.ListAsync(Shop, "acme.example", Ct));
        Assert.NotEmpty(await Keys.ListAsync(Shop, "shop.example", Ct));
        Assert.IsType<NotFound>((await Rotation.RenewAsync(Shop, "acme.example", Ct)).Fault);
        Assert.IsType<NotFound>((await Rotation.SwitchAsync(Shop, "acme.example", Ct)).Fault);
        Assert.True((await Rotation.RenewAsync(Shop, "shop.example", Ct)).IsOk);
        Assert.True((await Domains.RemoveAsync(Shop, "shop.example", Ct)).IsOk);
        Assert.Equal(["acme.example"], (await Domains.ListAsync(Owner, Ct)).Select(d => d.Domain));
        Assert.Equal(["acme.example"], (await new DomainChoices(Domains).OfAsync(_tenant, Ct)).Select(c => c.Key));
    }

    [Fact]
    public void Everything_else_of_delivery_is_closed_to_every_limit()
    {
        var routes = new Routes(_host.Get<IServiceProvider>());
        new DeliveryModule().MapEndpoints(new ModuleRoutes(routes, routes));
        var api = routes.DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().ToList();
        var open = api.Where(e => e.Metadata.GetMetadata<NeedsNoLimitAttribute>() is not { Kinds: LimitKinds.Any }).Select(e => e.RoutePattern.RawText!).ToList();
        Assert.True(api.Count > open.Count + 5, $"Only {api.Count} routes were found.");
        Assert.All(open, route => Assert.StartsWith("/sending-domains", route, StringComparison.Ordinal));

        var pages = typeof(DeliveryModule).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(PageModel))).ToList();
        Assert.Equal(
            ["DomainModel", "DomainsModel", "RemoveDomainModel"],
            pages.Where(t => t.GetCustomAttributes(typeof(NeedsNoLimitAttribute), true).Length == 0).Select(t => t.Name).Order(StringComparer.Ordinal));
    }

    private sealed class Routes(IServiceProvider services) : IEndpointRouteBuilder
    {
        public IServiceProvider ServiceProvider => services;

        public ICollection<EndpointDataSource> DataSources { get; } = [];

        public IApplicationBuilder CreateApplicationBuilder() => new ApplicationBuilder(services);
    }
}
