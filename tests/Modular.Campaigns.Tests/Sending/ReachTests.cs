using Modular.Campaigns.Drafting;
using Modular.Testing;

namespace Modular.Campaigns.Tests.Sending;

/// <summary>Whoever reaches some lists and sending domains alone: what they write stays within these, and what goes further is not there. Each test looks from both sides.</summary>
public sealed class ReachTests(PostgresFixture postgres)
{
    private const string Html = "<p>Hi {{first_name}} <a href=\"{{unsubscribe_url}}\">Out</a></p>";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_campaign_of_theirs_is_bound_to_their_lists_whoever_sends_it()
    {
        await using var room = await Room.OpenAsync(postgres, people: 120);
        var mine = await NewAsync(room, Lists(room, 20, 30));
        Assert.Equal([20, 30], mine.WithinLists!.AsEnumerable());
        Assert.Null((await NewAsync(room, room.Whole)).WithinLists);

        Assert.True((await room.Sending.SendAsync(room.Whole, mine.CampaignId, "user:owner", Ct)).IsOk);
        await room.Handover.LookAfterAsync(room.Tenant, Ct);
        Assert.Equal([20, 30, 40, 60, 80, 90, 100, 120], room.Ledger.Entries.Select(e => e.ContactId).Order());
    }

    [Fact]
    public async Task What_goes_further_than_their_lists_is_not_there()
    {
        await using var room = await Room.OpenAsync(postgres);
        var (press, both, nowhere) = (Lists(room, 20), Lists(room, 20, 30), Lists(room));
        var all = await NewAsync(room, room.Whole);
        var wide = await NewAsync(room, both);
        var own = await NewAsync(room, press);

        Assert.Equal([own.CampaignId, wide.CampaignId, all.CampaignId], await ListedAsync(room, room.Whole));
        Assert.Equal([own.CampaignId, wide.CampaignId], await ListedAsync(room, both));
        Assert.Equal([own.CampaignId], await ListedAsync(room, press));
        Assert.Empty(await ListedAsync(room, nowhere));
        Assert.Equal((3, 1), (await room.Drafts.CountAsync(room.Whole, null, Ct), await room.Drafts.CountAsync(press, null, Ct)));
        Assert.IsType<NoListInReach>((await room.Drafts.CreateAsync(nowhere, new DraftChange("Mine"), "user:ann", Ct)).Fault);

        foreach (var id in new[] { all.CampaignId, wide.CampaignId })
        {
            Assert.Null(await room.Drafts.FindAsync(press, id, Ct));
            Assert.IsType<NotFound>((await room.Drafts.ChangeAsync(press, id, new DraftChange(Subject: "Stolen"), "user:ann", Ct)).Fault);
            Assert.IsType<NotFound>((await room.Drafts.CopyAsync(press, id, "user:ann", Ct)).Fault);
            Assert.IsType<NotFound>((await room.Drafts.DeleteAsync(press, id, "user:ann", Ct)).Fault);
            Assert.IsType<NotFound>((await room.Sending.TestAsync(press, id, ["ann@example.com"], 0, "user:ann", Ct)).Fault);
            Assert.IsType<NotFound>((await room.Sending.SendAsync(press, id, "user:ann", Ct)).Fault);
            Assert.True((await room.Sending.SendAsync(room.Whole, id, "user:owner", Ct)).IsOk);
            Assert.IsType<NotFound>((await room.Sending.PauseAsync(press, id, "user:ann", Ct)).Fault);
            Assert.IsType<NotFound>((await room.Sending.ResumeAsync(press, id, "user:ann", Ct)).Fault);
            Assert.IsType<NotFound>((await room.Sending.CancelAsync(press, id, "user:ann", Ct)).Fault);
        }
        Assert.Equal("Hello", (await room.CampaignAsync(all.CampaignId)).Subject);

        Assert.Equal("Mine now", (await room.Drafts.ChangeAsync(press, own.CampaignId, new DraftChange(Subject: "Mine now"), "user:ann", Ct)).Value.Subject);
        var copy = (await room.Drafts.CopyAsync(room.Whole, own.CampaignId, "user:owner", Ct)).Value;
        Assert.Equal(20, Assert.Single(copy.WithinLists!));   // a copy reaches no further than its original
        Assert.True((await room.Sending.SendAsync(press, own.CampaignId, "user:ann", Ct)).IsOk);
        Assert.True((await room.Sending.PauseAsync(press, own.CampaignId, "user:ann", Ct)).IsOk);
        Assert.True((await room.Sending.CancelAsync(press, own.CampaignId, "user:ann", Ct)).IsOk);
    }

    [Fact]
    public async Task A_test_shows_nobody_who_could_not_get_the_campaign()
    {
        await using var room = await Room.OpenAsync(postgres);
        var own = await NewAsync(room, Lists(room, 20));

        Assert.IsType<NotFound>((await room.Sending.TestAsync(Lists(room, 20), own.CampaignId, ["ann@example.com"], 21, "user:ann", Ct)).Fault);
        Assert.True((await room.Sending.TestAsync(Lists(room, 20), own.CampaignId, ["ann@example.com"], 40, "user:ann", Ct)).IsOk);
        var open = await NewAsync(room, room.Whole);
        Assert.True((await room.Sending.TestAsync(room.Whole, open.CampaignId, ["ann@example.com"], 21, "user:owner", Ct)).IsOk);
    }

    [Fact]
    public async Task The_senders_domain_is_one_of_theirs_at_saving_testing_and_sending()
    {
        await using var room = await Room.OpenAsync(postgres);
        var shop = room.Whole with { SendingDomains = new HashSet<string> { "shop.example" } };
        var acme = await NewAsync(room, room.Whole);
        var own = await NewAsync(room, shop, "news@mail.shop.example");   // shop.example signs for it

        Assert.IsType<SenderNotYours>((await room.Drafts.CreateAsync(shop, new DraftChange("Mine", FromAddress: "news@acme.example"), "user:ann", Ct)).Fault);
        Assert.IsType<SenderNotYours>((await room.Drafts.CreateAsync(shop, new DraftChange("Mine", FromAddress: "news@elsewhere.example"), "user:ann", Ct)).Fault);
        var fault = (await room.Drafts.ChangeAsync(shop, own.CampaignId, new DraftChange(FromAddress: "news@acme.example"), "user:ann", Ct)).Fault;
        Assert.Contains("shop.example", fault!.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("acme.example", fault.Detail, StringComparison.Ordinal);
        Assert.IsType<SenderNotYours>((await room.Drafts.ChangeAsync(shop, acme.CampaignId, new DraftChange(FromAddress: "news@shop.example"), "user:ann", Ct)).Fault);   // taking it over
        Assert.IsType<SenderNotYours>((await room.Drafts.DeleteAsync(shop, acme.CampaignId, "user:ann", Ct)).Fault);
        Assert.IsType<SenderNotYours>((await room.Sending.TestAsync(shop, acme.CampaignId, ["ann@example.com"], 0, "user:ann", Ct)).Fault);
        var refused = (await room.Sending.SendAsync(shop, acme.CampaignId, "user:ann", Ct)).Fault;
        Assert.Equal("sender-domain", Assert.Single(Assert.IsType<DraftNotReady>(refused).Findings).Code);
        Assert.DoesNotContain(": acme.example", refused.Detail, StringComparison.Ordinal);

        Assert.NotNull(await room.Drafts.FindAsync(shop, acme.CampaignId, Ct));   // a limit of senders hides nothing
        var copy = (await room.Drafts.CopyAsync(shop, acme.CampaignId, "user:ann", Ct)).Value;
        Assert.Equal("", copy.FromAddress);
        Assert.True((await room.Drafts.ChangeAsync(shop, copy.CampaignId, new DraftChange(FromAddress: "news@shop.example"), "user:ann", Ct)).IsOk);
        Assert.True((await room.Sending.TestAsync(shop, own.CampaignId, ["ann@example.com"], 0, "user:ann", Ct)).IsOk);
        Assert.True((await room.Sending.SendAsync(shop, own.CampaignId, "user:ann", Ct)).IsOk);

        Assert.True((await room.Sending.SendAsync(room.Whole, acme.CampaignId, "user:owner", Ct)).IsOk);
        Assert.IsType<SenderNotYours>((await room.Sending.PauseAsync(shop, acme.CampaignId, "user:ann", Ct)).Fault);
        Assert.IsType<SenderNotYours>((await room.Sending.CancelAsync(shop, acme.CampaignId, "user:ann", Ct)).Fault);
    }

    private static Reach Lists(Room room, params long[] lists) => room.Whole with { Lists = lists };

    private static async Task<Campaign> NewAsync(Room room, Reach reach, string from = "news@acme.example") =>
        (await room.Drafts.CreateAsync(reach, new DraftChange("Spring", "Hello", "Acme", from, Html: Html), "user:ann", Ct)).Value;

    private static async Task<IEnumerable<long>> ListedAsync(Room room, Reach reach) => (await room.Drafts.ListAsync(reach, null, null, 0, 10, Ct)).Select(c => c.CampaignId);
}
