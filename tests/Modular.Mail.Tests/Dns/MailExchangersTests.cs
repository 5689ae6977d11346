using Modular.Mail.Dns;
using Modular.Testing;

namespace Modular.Mail.Tests.Dns;

public sealed class MailExchangersTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hosts_come_by_preference_and_equal_ones_in_random_order()
    {
        var dns = new FakeDns().Mx("x.test", 20, "last.x.test").Mx("x.test", 10, "a.x.test").Mx("x.test", 10, "b.x.test").Mx("x.test", 10, "c.x.test");
        var orders = new HashSet<string>();
        for (var seed = 0; seed < 50; seed++)
        {
            var route = Assert.IsType<MailRoute.To>(await Find(dns, "x.test", seed));
            Assert.Equal("last.x.test", route.Hosts[^1].Name);
            orders.Add(string.Join(' ', route.Hosts.Select(h => h.Name)));
        }

        Assert.Equal(6, orders.Count);
    }

    [Fact]
    public async Task Without_mx_the_domain_itself_is_the_host() =>
        Assert.Equal([new MailHost("x.test", 0)], Assert.IsType<MailRoute.To>(await Find(new FakeDns().Address("x.test", "192.0.2.1"), "x.test")).Hosts);

    [Fact]
    public async Task With_mx_the_address_of_the_domain_is_never_used()
    {
        var dns = new FakeDns().Mx("x.test", 10, "gone.x.test").Address("x.test", "192.0.2.1");
        Assert.Equal([new MailHost("gone.x.test", 10)], Assert.IsType<MailRoute.To>(await Find(dns, "x.test")).Hosts);
    }

    [Fact]
    public async Task A_null_mx_takes_no_mail() => Assert.IsType<MailRoute.NullMx>(await Find(new FakeDns().Mx("x.test", 0, ""), "x.test"));

    [Fact]
    public async Task A_domain_that_does_not_exist_or_has_neither_mx_nor_address_takes_none_either()
    {
        Assert.IsType<MailRoute.NoSuchDomain>(await Find(new FakeDns(), "x.test"));
        Assert.IsType<MailRoute.NoSuchDomain>(await Find(new FakeDns().Text("x.test", "v=spf1 -all"), "x.test"));
    }

    [Fact]
    public async Task Broken_dns_is_not_an_answer()
    {
        await Assert.ThrowsAsync<DnsException>(async () => await Find(new FakeDns().Broken("x.test", DnsType.Mx), "x.test"));
        await Assert.ThrowsAsync<DnsException>(async () => await Find(new FakeDns().Broken("x.test", DnsType.A), "x.test"));
    }

    [Fact]
    public async Task We_never_send_to_ourselves_nor_to_a_host_no_better_than_us()
    {
        var dns = new FakeDns().Mx("x.test", 10, "best.x.test").Mx("x.test", 20, "us.x.test").Mx("x.test", 20, "peer.x.test").Mx("x.test", 30, "worse.x.test")
            .Mx("y.test", 10, "US.x.test").Mx("y.test", 20, "worse.x.test");
        Assert.Equal(["best.x.test"], Assert.IsType<MailRoute.To>(await Find(dns, "x.test")).Hosts.Select(h => h.Name));
        Assert.IsType<MailRoute.Ourselves>(await Find(dns, "y.test"));
    }

    [Theory]
    [InlineData("[192.0.2.1]", "192.0.2.1")]
    [InlineData("[IPv6:2001:db8::1]", "2001:db8::1")]
    public async Task An_address_literal_is_its_own_host(string domain, string host) =>
        Assert.Equal([new MailHost(host, 0)], Assert.IsType<MailRoute.To>(await Find(new FakeDns(), domain)).Hosts);

    [Fact]
    public async Task The_addresses_of_a_host_survive_that_one_kind_is_broken()
    {
        var dns = new FakeDns().Address("h.test", "2001:db8::1").Address("h.test", "192.0.2.1").Address("h.test", "192.0.2.2")
            .Broken("half.test", DnsType.A).Address("half.test", "2001:db8::2").Broken("none.test", DnsType.Aaaa);
        var exchangers = Over(dns);

        Assert.Equal(["192.0.2.1", "192.0.2.2", "2001:db8::1"], (await exchangers.AddressesAsync("h.test", Ct)).Select(a => a.ToString()));
        Assert.Equal(["2001:db8::2"], (await exchangers.AddressesAsync("half.test", Ct)).Select(a => a.ToString()));
        await Assert.ThrowsAsync<DnsException>(async () => await exchangers.AddressesAsync("none.test", Ct));
        Assert.Empty(await exchangers.AddressesAsync("missing.test", Ct));
    }

    private static MailExchangers Over(FakeDns dns, int seed = 1) =>
        new(dns, new Random(seed), new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "us.x.test" });

    private static ValueTask<MailRoute> Find(FakeDns dns, string domain, int seed = 1) => Over(dns, seed).FindAsync(domain, Ct);
}
