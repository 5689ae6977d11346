using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Modular.Host.Web;
using Modular.Kernel.Web;

namespace Modular.Host.Tests.Web;

public sealed class ClientAddressTests
{
    private const string Ours = "10.0.0.0/8, 2001:db8:ffff::/48";

    [Theory]
    // No proxy is named: nobody is believed, not even this machine.
    [InlineData("", "203.0.113.9", "198.51.100.7", "203.0.113.9")]
    [InlineData("", "127.0.0.1", "198.51.100.7", "127.0.0.1")]
    [InlineData("", "10.0.0.1", "198.51.100.7", "10.0.0.1")]
    // A proxy of ours, and a stranger who claims to be one.
    [InlineData(Ours, "10.0.0.1", "198.51.100.7", "198.51.100.7")]
    [InlineData(Ours, "203.0.113.9", "198.51.100.7", "203.0.113.9")]
    [InlineData(Ours, "::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7")]
    [InlineData(Ours, "2001:db8:ffff::1", "2001:db8::7", "2001:db8::7")]
    [InlineData(Ours, "10.0.0.1", "::ffff:198.51.100.7", "198.51.100.7")]
    // What the client wrote itself stands at the left, and the walk comes from the right.
    [InlineData(Ours, "10.0.0.1", "192.0.2.1, 198.51.100.7", "198.51.100.7")]
    [InlineData(Ours, "10.0.0.1", "192.0.2.1, 198.51.100.7, 10.2.0.1", "198.51.100.7")]
    [InlineData(Ours, "10.0.0.1", "127.0.0.1, 198.51.100.7, 10.2.0.1", "198.51.100.7")]
    [InlineData(Ours, "10.0.0.1", "not an address", "10.0.0.1")]
    [InlineData(Ours, "10.0.0.1", "not an address, 198.51.100.7", "198.51.100.7")]
    [InlineData(Ours, "10.0.0.1", null, "10.0.0.1")]
    public async Task Only_a_proxy_that_was_named_says_where_a_request_comes_from(string proxies, string peer, string? forwardedFor, string client) =>
        Assert.Equal(IPAddress.Parse(client), (await PassAsync(proxies, peer, forwardedFor is null ? [] : [("X-Forwarded-For", forwardedFor)])).Client.Address);

    [Theory]
    [InlineData("127.0.0.1", null, null, true)]
    [InlineData("::1", null, null, true)]
    [InlineData("::ffff:127.0.0.1", null, null, true)]
    [InlineData(null, null, null, true)]
    [InlineData("192.0.2.1", null, null, false)]
    [InlineData("127.0.0.1", "X-Forwarded-For", "198.51.100.7", false)]   // a proxy on this machine that nobody named: its clients are not local
    [InlineData("127.0.0.1", "X-Real-IP", "198.51.100.7", false)]
    [InlineData("127.0.0.1", "Forwarded", "for=198.51.100.7", false)]
    [InlineData("127.0.0.1", "X-Forwarded-Proto", "https", false)]
    public async Task What_some_proxy_forwards_is_not_local(string? peer, string? header, string? value, bool isLocal) =>
        Assert.Equal(isLocal, (await PassAsync("", peer, header is null ? [] : [(header, value!)])).Client.IsLocal);

    [Theory]
    [InlineData("10.0.0.1", "https", true)]
    [InlineData("10.0.0.1", "http", false)]
    [InlineData("203.0.113.9", "https", false)]
    public async Task Only_a_proxy_that_was_named_says_that_it_was_asked_by_HTTPS(string peer, string scheme, bool isEncrypted) =>
        Assert.Equal(isEncrypted, (await PassAsync(Ours, peer, [("X-Forwarded-For", "198.51.100.7"), ("X-Forwarded-Proto", scheme)])).Client.IsEncrypted);

    [Fact]
    public async Task A_named_proxy_on_this_machine_brings_local_and_other_clients()
    {
        Assert.True((await PassAsync("127.0.0.1", "127.0.0.1", [("X-Forwarded-For", "127.0.0.1"), ("X-Real-IP", "127.0.0.1")])).Client.IsLocal);
        Assert.False((await PassAsync("127.0.0.1", "127.0.0.1", [("X-Forwarded-For", "198.51.100.7")])).Client.IsLocal);
        Assert.False((await PassAsync("127.0.0.1", "127.0.0.1", [("X-Forwarded-For", "127.0.0.1, 198.51.100.7")])).Client.IsLocal);
    }

    [Fact]
    public void A_proxy_that_is_no_address_is_refused_by_name() =>
        Assert.Contains("proxy.example", Assert.Throws<CannotStartException>(() => Read("proxy.example")).Message, StringComparison.Ordinal);

    [Fact]
    public void Proxies_are_a_list_or_words_with_commas()
    {
        var list = Proxies.Read(new ConfigurationBuilder().AddInMemoryCollection([new("Host:Proxies:0", "10.0.0.1"), new("Host:Proxies:1", "::1")]).Build());
        Assert.Equal(Read("10.0.0.1, ::1").Networks.ToString(), list.Networks.ToString());
    }

    private static async Task<HttpContext> PassAsync(string proxies, string? peer, (string Name, string Value)[] headers)
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var app = new ApplicationBuilder(services);
        Read(proxies).UseOn(app);
        app.Run(_ => Task.CompletedTask);
        var context = new DefaultHttpContext { RequestServices = services };
        context.Request.Scheme = "http";
        context.Connection.RemoteIpAddress = peer is null ? null : IPAddress.Parse(peer);
        foreach (var (name, value) in headers)
            context.Request.Headers[name] = value;
        await app.Build()(context);
        return context;
    }

    private static Proxies Read(string text) => Proxies.Read(new ConfigurationBuilder().AddInMemoryCollection([new("Host:Proxies", text)]).Build());
}
