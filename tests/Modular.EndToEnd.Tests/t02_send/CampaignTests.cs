using Modular.EndToEnd.Tests.Loop;

namespace Modular.EndToEnd.Tests.t02_send;

public sealed class CampaignTests(LoopHost host) : IClassFixture<LoopHost>
{
    [Fact]
    public async Task A_campaign_reaches_everyone_and_its_figures_are_what_the_addresses_asked_for()
    {
        var audience = new Audience(Plain: 60, Bounce: 0, Late: 0, Defer: 6, Complain: 0, Unsubscribe: 0, Open: 15, Click: 9);
        await host.Rest.ImportAsync("readers.csv", audience.Csv());

        var campaign = await host.Rest.SendAsync("Spring");
        var analysis = await host.Rest.SentAsync(campaign, audience.IsComplete);

        Assert.Equal(audience.All, Audience.State(analysis, "total"));
        Assert.Equal(audience.All, Audience.Sum(analysis));
        Assert.Equal(audience.All, Audience.State(analysis, "delivered"));
        Assert.Equal(["https://shop.acme.example/?for={{first_name}}", "https://shop.acme.example/read"], analysis["links"]!.AsArray().Select(l => (string)l!["target"]!));
        Assert.Equal(audience.Click, (long)analysis["links"]![0]!["people"]!); // two links were asserted
        var deferred = (await host.Rest.AllAsync($"campaigns/{campaign}/recipients")).Count(r => (int)r["attempts"]! == 3);
        Assert.Equal(audience.Defer, deferred);
    }
}
