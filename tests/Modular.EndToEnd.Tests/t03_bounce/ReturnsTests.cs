using Modular.EndToEnd.Tests.Loop;

namespace Modular.EndToEnd.Tests.t03_bounce;

public sealed class ReturnsTests(LoopHost host) : IClassFixture<LoopHost>
{
    [Fact]
    public async Task Who_bounced_complained_or_left_is_left_out_of_the_next_campaign_with_the_reason()
    {
        var audience = new Audience(Plain: 20, Bounce: 7, Late: 5, Defer: 0, Complain: 4, Unsubscribe: 6, Open: 3, Click: 2);
        await host.Rest.ImportAsync("readers.csv", audience.Csv());

        var spring = await host.Rest.SendAsync("Spring");
        var first = await host.Rest.SentAsync(spring, audience.IsComplete);
        Assert.Equal(audience.All - audience.Bounce - audience.Late, Audience.State(first, "delivered"));
        await host.DrainOutboxAsync();

        var autumn = await host.Rest.SendAsync("Autumn");
        var second = await host.Rest.SentAsync(autumn, a => (string?)a["state"] == "sent");
        Assert.Equal(audience.All, Audience.Sum(second));
        Assert.Equal(audience.All - audience.Leave, Audience.State(second, "delivered"));

        var left = (await host.Rest.AllAsync($"campaigns/{autumn}/recipients")).Where(r => (string?)r["state"] is "skipped" or "suppressed").ToList();
        Assert.Equal(audience.Leave, left.Count);
        Assert.Equal(audience.Bounce + audience.Late, left.Count(r => Reason(r).Contains("bounce", StringComparison.OrdinalIgnoreCase)));
        Assert.Equal(audience.Complain, left.Count(r => Reason(r).Contains("complain", StringComparison.OrdinalIgnoreCase)));
        Assert.Equal(audience.Unsubscribe, left.Count(r => Reason(r).Contains("unsubscribe", StringComparison.OrdinalIgnoreCase)));

        static string Reason(System.Text.Json.Nodes.JsonNode recipient) => (string?)recipient["reason"] ?? "";
    }
}
