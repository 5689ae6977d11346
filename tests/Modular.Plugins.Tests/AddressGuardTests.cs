using System.Net;
using Microsoft.AspNetCore.Http;
using Modular.Host.Egress;

namespace Modular.Plugins.Tests;

public sealed class AddressGuardTests
{
    private static readonly EgressRules Strict = new(AllowPrivate: false, new HashSet<int>(), MaxBytes: 1000, MaxSilence: TimeSpan.FromSeconds(5));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2001::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("fc00::1")]
    [InlineData("fd12:3456::1")]
    [InlineData("fe80::1")]
    [InlineData("ff02::1")]
    public void What_is_not_on_the_public_internet_is_closed(string address) => Assert.False(AddressGuard.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("2606:4700::1111")]
    public void The_public_internet_is_open(string address) => Assert.True(AddressGuard.IsPublic(IPAddress.Parse(address)));

    /// <summary>Every way to write this machine: none may open a connection.</summary>
    [Theory]
    [InlineData("http://127.0.0.1:{port}/")]
    [InlineData("http://127.1:{port}/")]
    [InlineData("http://0x7f000001:{port}/")]
    [InlineData("http://0x7f.0.0.1:{port}/")]
    [InlineData("http://0177.0.0.1:{port}/")]
    [InlineData("http://017700000001:{port}/")]
    [InlineData("http://2130706433:{port}/")]
    [InlineData("http://0:{port}/")]
    [InlineData("http://0.0.0.0:{port}/")]
    [InlineData("http://localhost:{port}/")]
    [InlineData("http://localhost.:{port}/")]
    [InlineData("http://LOCALHOST:{port}/")]
    [InlineData("http://127。0。0。1:{port}/")]
    [InlineData("http://①②⑦.0.0.1:{port}/")]
    [InlineData("http://[::1]:{port}/")]
    [InlineData("http://[::]:{port}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{port}/")]
    [InlineData("http://[::ffff:7f00:1]:{port}/")]
    [InlineData("http://[0:0:0:0:0:ffff:127.0.0.1]:{port}/")]
    [InlineData("http://user@127.0.0.1:{port}/")]
    public async Task No_spelling_of_this_machine_is_connected_to(string url)
    {
        await using var server = await LoopbackServer.StartAsync(_ => Results.Text("inside"));
        using var http = new GuardedClient(Strict, TimeProvider.System).Create();

        await Assert.ThrowsAnyAsync<Exception>(() => http.GetStringAsync(new Uri(url.Replace("{port}", server.Port, StringComparison.Ordinal)), Ct));

        Assert.Equal(0, server.Connections);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/")]
    [InlineData("gopher://127.0.0.1/")]
    public async Task Only_http_is_spoken(string url)
    {
        using var http = new GuardedClient(Strict with { AllowPrivate = true }, TimeProvider.System).Create();
        await Assert.ThrowsAnyAsync<Exception>(() => http.GetStringAsync(new Uri(url), Ct));
    }

    [Fact]
    public async Task A_port_that_is_not_allowed_is_named()
    {
        await using var server = await LoopbackServer.StartAsync(_ => Results.Text("inside"));
        using var http = new GuardedClient(Strict with { AllowPrivate = true, Ports = new HashSet<int> { 80, 443 } }, TimeProvider.System).Create();

        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync(server.Url, Ct));

        Assert.Contains($"port {server.Port}", Assert.IsType<SourceFaultException>(refused.InnerException).Message, StringComparison.Ordinal);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task Three_redirects_are_followed_and_a_fourth_is_not()
    {
        await using var server = await LoopbackServer.StartAsync(context => int.Parse(context.Request.Path.Value![1..], null) is var left and > 0
            ? Results.Redirect($"/{left - 1}")
            : Results.Text("arrived"));
        using var http = Open(Strict);

        Assert.Equal("arrived", await http.GetStringAsync(new Uri(server.Url, "/3"), Ct));
        await Assert.ThrowsAsync<SourceFaultException>(() => http.GetStringAsync(new Uri(server.Url, "/4"), Ct));
    }

    [Fact]
    public async Task A_redirect_to_another_host_does_not_carry_the_password()
    {
        string? seen = "nothing yet";
        await using var other = await LoopbackServer.StartAsync(context =>
        {
            seen = context.Request.Headers.Authorization;
            return Results.Text("ok");
        });
        await using var first = await LoopbackServer.StartAsync(_ => Results.Redirect(other.Url.ToString()));
        using var http = Open(Strict);
        http.DefaultRequestHeaders.Authorization = new("Basic", "c2VjcmV0");

        await http.GetStringAsync(first.Url, Ct);

        Assert.Equal("", seen ?? "");
    }

    [Fact]
    public async Task An_answer_that_is_too_large_is_cut_off_whether_or_not_it_said_so()
    {
        await using var server = await LoopbackServer.StartAsync(context => context.Request.Path.Value is "/said"
            ? Results.Text(new string('x', 2000))
            : Results.Stream(async body => { for (var i = 0; i < 200; i++) await body.WriteAsync(new byte[10]); }));
        using var http = Open(Strict);

        await Assert.ThrowsAsync<SourceFaultException>(() => http.GetStringAsync(new Uri(server.Url, "/said"), Ct));
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => http.GetStringAsync(new Uri(server.Url, "/streamed"), Ct));
        Assert.Contains("larger than", (refused.InnerException ?? refused).Message, StringComparison.Ordinal);
    }

    private static HttpClient Open(EgressRules rules) => new GuardedClient(rules with { AllowPrivate = true }, TimeProvider.System).Create();
}
