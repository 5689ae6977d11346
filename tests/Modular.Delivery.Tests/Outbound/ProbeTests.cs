using System.Net;
using Microsoft.Extensions.Options;
using Modular.Delivery.Outbound;

namespace Modular.Delivery.Tests.Outbound;

public sealed class ProbeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_probe_shows_the_session_and_sends_nothing()
    {
        await using var far = new FarServer(IPAddress.Loopback);
        var (status, text) = await ProbeAsync(far.EndPoint.Port);
        Assert.Equal(0, status);
        Assert.Contains("C: EHLO mail.modular.localhost", text, StringComparison.Ordinal);
        Assert.Contains("C: QUIT", text, StringComparison.Ordinal);
        Assert.EndsWith($"127.0.0.1 [127.0.0.1:{far.EndPoint.Port}] [in clear]", text.TrimEnd(), StringComparison.Ordinal);
        Assert.Empty(far.Messages);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_said_to_be()
    {
        int port;
        await using (var far = new FarServer(IPAddress.Loopback)) port = far.EndPoint.Port;
        var (status, text) = await ProbeAsync(port);
        Assert.Equal(1, status);
        Assert.Contains("Could not connect", text, StringComparison.Ordinal);
    }

    private static async Task<(int Status, string Text)> ProbeAsync(int port)
    {
        var settings = Options.Create(new DeliverySettings { Mode = DeliveryMode.Smarthost, Smarthost = { Host = "127.0.0.1", Port = port } });
        var (text, trust) = (new StringWriter(), OutboundTrust.Read(""));
        var line = new CommandLine(["example.com"], text, text);
        var status = await new ProbeCommand(new SmarthostRoutes(settings, trust, TimeProvider.System)).RunAsync(line, Ct);
        return (status, text.ToString());
    }
}
