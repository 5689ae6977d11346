using System.Text.Json.Nodes;
using Modular.EndToEnd.Tests.Loop;

namespace Modular.EndToEnd.Tests.t04_crash;

public sealed class KillTests
{
    [Fact]
    public async Task After_kill_9_in_the_middle_of_a_campaign_nobody_is_lost_and_nobody_counted_twice()
    {
        Assert.SkipWhen(!OperatingSystem.IsLinux(), "the private PostgreSQL runs on Linux");
        await using var suite = new ServingProcess();
        await suite.StartAsync();
        var made = JsonNode.Parse(await suite.RunAsync("tenant", "create", "acme", "--json"))!; // an object
        using var rest = new RestClient(suite.Url, "acme", (string)made["apiKey"]!);
        await rest.PostAsync("sending-domains", new { domain = "news.acme.example" });
        var audience = new Audience(Plain: 2_600, Bounce: 60, Late: 40, Defer: 20, Complain: 20, Unsubscribe: 20, Open: 120, Click: 120);
        await rest.ImportAsync("readers.csv", audience.Csv());
        var campaign = await rest.SendAsync("Spring");
        var seen = await rest.UntilAsync($"campaigns/{campaign}/analysis", a => Audience.State(a, "delivered") >= 300);
        Assert.NotEqual("sent", (string?)seen["state"]);

        await suite.KillAsync();
        await suite.StartAsync();

        var analysis = await rest.SentAsync(campaign, audience.IsComplete);
        Assert.Equal(audience.All, Audience.State(analysis, "total"));
        Assert.Equal(audience.All, Audience.Sum(analysis));
        Assert.Equal(audience.All - audience.Bounce - audience.Late, Audience.State(analysis, "delivered"));
        Assert.Equal(audience.All, (await rest.AllAsync($"campaigns/{campaign}/recipients")).Select(r => (long)r["contactId"]!).Distinct().Count());

        // What the dead process was being told is told again: everyone who left is on the suppression list.
        await rest.UntilAsync("suppressions?limit=500", list => list["items"]!.AsArray().Count == audience.Leave);

        // The far side's own account: everyone who has a mailbox got one, and only what was past its dot on a cut connection came again.
        var captured = await rest.GetAsync("capture/counts");
        Assert.Equal(audience.All - audience.Bounce, (long)captured["distinct"]!);
        Assert.Equal(0, (long)captured["unexplained"]!);
        Assert.InRange((long)captured["mostDuplicatesOfAConnection"]!, 0, 1);
    }
}
