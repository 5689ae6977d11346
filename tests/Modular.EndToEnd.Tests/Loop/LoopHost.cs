using System.Text.Json.Nodes;
using Modular.Testing;

namespace Modular.EndToEnd.Tests.Loop;

/// <summary>The whole suite in this process, with the tenant acme and a domain to send from.</summary>
public sealed class LoopHost(PostgresFixture postgres) : TestHost(postgres)
{
    internal RestClient Rest { get; private set; } = null!; // InitializeAsync sets it

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var made = await RunAsync("tenant", "create", "acme", "--json");
        Assert.True(made.Status == 0, made.Error);
        Rest = new RestClient(Url, "acme", (string)JsonNode.Parse(made.Output)!["apiKey"]!); // just made
        await Rest.PostAsync("sending-domains", new { domain = "news.acme.example" });
    }

    public override async ValueTask DisposeAsync()
    {
        Rest?.Dispose();
        await base.DisposeAsync();
    }
}
