using Microsoft.Extensions.DependencyInjection;
using Modular.Mail.Dns;
using Modular.Testing;

namespace Modular.Delivery.Tests.Domains;

/// <summary>What is looked at in DNS before mail leaves for other people's servers.</summary>
public sealed class DomainStandingTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly EmailAddress From = EmailAddress.Parse("news@shop.acme.example");

    private readonly TestFolder _folder = new("delivery-standing");
    private TestDatabase _database = null!;
    private TenantId _tenant;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync(Ct);
        _tenant = await _database.NewTenantAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_domain_with_everything_published_lacks_nothing()
    {
        var dns = WithName();
        await using var host = await StartAsync(dns);
        await PublishAsync(host, dns);
        dns.Text("bounces.modular.localhost", "v=spf1 ip4:192.0.2.25 -all").Text("_dmarc.acme.example", "v=DMARC1; p=none").Mx("shop.acme.example", 10, "mx.acme.example");

        Assert.Empty(await LacksAsync(host));
    }

    [Fact]
    public async Task Each_thing_that_is_missing_is_named()
    {
        var dns = new FakeDns().Address("mail.modular.localhost", "192.0.2.25").Reverse("25.2.0.192.in-addr.arpa", "static-25.provider.example").Mx("shop.acme.example", 0, "");
        await using var host = await StartAsync(dns);

        var lacks = await LacksAsync(host);
        var keys = (await host.Get<ISendingDomains>().ListAsync(_tenant, Ct))[0].DkimRecords.Count;
        Assert.Equal(keys, lacks.Count(lack => lack.Contains("(DKIM)", StringComparison.Ordinal)));
        Assert.Contains("The return domain bounces.modular.localhost has no SPF record.", lacks);
        Assert.Contains(lacks, lack => lack.StartsWith("shop.acme.example has no DMARC record", StringComparison.Ordinal));
        Assert.Contains(lacks, lack => lack.Contains("null MX", StringComparison.Ordinal));
        Assert.Contains(lacks, lack => lack.EndsWith("must name mail.modular.localhost and names static-25.provider.example.", StringComparison.Ordinal));
        Assert.Equal(keys + 4, lacks.Count);
    }

    [Fact]
    public async Task A_domain_name_system_that_does_not_answer_is_no_approval()
    {
        var dns = WithName().Broken("bounces.modular.localhost", DnsType.Txt);
        await using var host = await StartAsync(dns);
        await PublishAsync(host, dns);

        Assert.Contains(await LacksAsync(host), lack => lack.StartsWith("DNS does not say how acme.example stands", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_sent_under_a_name_that_its_address_does_not_have()
    {
        await using var far = new FarServer(System.Net.IPAddress.Loopback);
        var dns = new FakeDns().Mx("example.com", 10, "mx.example.com").Address("mx.example.com", "127.0.0.1").Address("mail.modular.localhost", "192.0.2.25");
        await using var host = await StartAsync(dns, far.EndPoint.Port, HostRoles.All);
        await host.QueueAsync(_tenant, 3, ["ann@example.com"]);
        await host.Deliveries.StartAsync(_tenant, 3, Ct);
        await Eventually.HoldsAsync(() => { lock (dns.Questions) return dns.Questions.Contains(("25.2.0.192.in-addr.arpa", DnsType.Reverse)); }, Ct);

        Assert.Equal((1, 0), (await host.CountAsync(_tenant, 3) is var counts ? counts.Queued : 0, far.Connections));
        lock (dns.Questions) Assert.DoesNotContain(dns.Questions, question => question.Name is "example.com");
    }

    private Task<IReadOnlyList<string>> LacksAsync(DeliveryHost host) => host.Get<ISendingDomains>().WhatDnsLacksAsync(_tenant, From, Ct);

    private static FakeDns WithName() => new FakeDns().Address("mail.modular.localhost", "192.0.2.25").Address("mail.modular.localhost", "2001:db8::25")
        .Reverse("25.2.0.192.in-addr.arpa", "Mail.Modular.localhost").Reverse("5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "mail.modular.localhost");

    private async Task PublishAsync(DeliveryHost host, FakeDns dns)
    {
        foreach (var record in (await host.Get<ISendingDomains>().ListAsync(_tenant, Ct))[0].DkimRecords) dns.Text($"{record.Selector}._domainkey.acme.example", record.Value);
    }

    private async Task<DeliveryHost> StartAsync(FakeDns dns, int port = 25, HostRoles roles = HostRoles.Web)
    {
        var host = await DeliveryHost.StartAsync(_database, [_tenant], _folder.Path, new Dictionary<string, string?>
        {
            ["Delivery:Mode"] = "Mx",
            ["Delivery:Mx:Port"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Delivery:Mx:ChecksOwnName"] = "true",
        }, roles: roles, services: services => services.AddSingleton<IDnsResolver>(dns));
        await host.AddDomainAsync(_tenant);
        return host;
    }
}
