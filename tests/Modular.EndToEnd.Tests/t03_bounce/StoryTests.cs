using Modular.EndToEnd.Tests.Loop;

namespace Modular.EndToEnd.Tests.t03_bounce;

public sealed class StoryTests(LoopHost host) : IClassFixture<LoopHost>
{
    [Fact]
    public async Task One_messages_life_is_told_by_every_module_in_order()
    {
        var rest = host.Rest;
        await rest.ImportAsync("one.csv", "email,first_name\r\nstory+open+click+unsubscribe@village.example,Ann\r\n"u8.ToArray());
        var contact = (long)(await rest.GetAsync("contacts?q=story%2Bopen%2Bclick%2Bunsubscribe@village.example"))["items"]![0]!["id"]!; // imported above
        var campaign = await rest.SendAsync("Story");
        await rest.SentAsync(campaign, a => (string?)a["state"] == "sent" && (long)a["unsubscribes"]! >= 1);
        await host.DrainOutboxAsync();
        var recipient = (await rest.AllAsync($"campaigns/{campaign}/recipients")).Single(r => (long)r["contactId"]! == contact);

        var story = await host.RunAsync("explain", ((long)recipient["recipientId"]!).ToString(null, null));

        Assert.True(story.Status == 0, story.Error);
        var at = -1;
        foreach (var step in new[] { "one.csv", "revision 1 of campaign 'Story'", "Opened", "Clicked link 1", "nsubscribe" })
        {
            var found = story.Output.IndexOf(step, at + 1, StringComparison.Ordinal);
            Assert.True(found > at, $"'{step}' does not follow in:\n{story.Output}");
            at = found;
        }
    }
}
