using Modular.Campaigns.Drafting;
using Modular.Contacts;
using Modular.Delivery;
using Modular.Testing;

namespace Modular.Campaigns.Tests.Sending;

public sealed class CampaignSendingTests(PostgresFixture postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_whole_audience_is_handed_over_with_a_reason_for_each_who_is_not_mailed()
    {
        await using var room = await Room.OpenAsync(postgres);
        var campaign = await room.ReadyAsync();

        Assert.True((await room.Sending.SendAsync(room.Whole, campaign.CampaignId, "user:ann", Ct)).IsOk);
        await room.Handover.LookAfterAsync(room.Tenant, Ct);

        Assert.Equal(350, room.Ledger.Entries.Count);
        Assert.All(room.Ledger.Entries, e => Assert.Equal(
            MemoryAudience.StatusOf(e.ContactId) switch { ContactStatus.Active => null, ContactStatus.Bounced => "bounced before", ContactStatus.Unsubscribed => "unsubscribed", _ => "complained" }, e.Reason));
        Assert.True(room.Ledger.IsStarted(campaign.CampaignId));
        Assert.Equal(CampaignState.Sending, (await room.CampaignAsync(campaign.CampaignId)).State);

        room.Ledger.Deliver(campaign.CampaignId);
        await room.Handover.LookAfterAsync(room.Tenant, Ct);
        var sent = await room.CampaignAsync(campaign.CampaignId);
        Assert.Equal(CampaignState.Sent, sent.State);
        Assert.NotNull(sent.FinishedAt);
        Assert.False(await room.Handover.LookAfterAsync(room.Tenant, Ct));
        Assert.Equal(["campaign.created", "campaign.sent", "campaign.finished"], room.Audit.Entries.Select(e => e.Action));
    }

    [Fact]
    public async Task A_double_click_sends_once()
    {
        await using var room = await Room.OpenAsync(postgres);
        var campaign = await room.ReadyAsync();

        var clicks = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => room.Sending.SendAsync(room.Whole, campaign.CampaignId, "user:ann", Ct)));

        Assert.All(clicks, c => Assert.True(c.IsOk));
        Assert.Single(room.Audit.Entries, e => e.Action == "campaign.sent");
        Assert.Equal(1, await room.Database.Tenants.FindAsync<long>(room.Tenant, "select count(*) from content_revision", null, Ct));
        Assert.Equal(1, await room.Database.Tenants.FindAsync<long>(room.Tenant, "select count(*) from send_job", null, Ct));
    }

    [Fact]
    public async Task A_handover_that_breaks_off_goes_on_at_its_last_page()
    {
        await using var room = await Room.OpenAsync(postgres);
        var campaign = await room.ReadyAsync();
        await room.Sending.SendAsync(room.Whole, campaign.CampaignId, "user:ann", Ct);
        room.Ledger.BeforePage = page => page == 3 ? throw new IOException("the database went away") : Task.CompletedTask;

        await room.Handover.LookAfterAsync(room.Tenant, Ct);
        Assert.Equal(200, room.Ledger.Entries.Count);
        Assert.Equal(CampaignState.Preparing, (await room.CampaignAsync(campaign.CampaignId)).State);
        Assert.False(room.Ledger.IsStarted(campaign.CampaignId));

        room.Clock.Advance(TimeSpan.FromMinutes(3));
        await room.Handover.LookAfterAsync(room.Tenant, Ct);
        Assert.Equal(350, room.Ledger.Entries.Count);
        Assert.Equal(5, room.Ledger.Pages); // two, the broken one, and the two that were left
        Assert.True(room.Ledger.IsStarted(campaign.CampaignId));
    }

    [Fact]
    public async Task Cancelling_in_the_middle_of_the_handover_leaves_nobody_waiting()
    {
        await using var room = await Room.OpenAsync(postgres);
        var campaign = await room.ReadyAsync();
        await room.Sending.SendAsync(room.Whole, campaign.CampaignId, "user:ann", Ct);
        room.Ledger.BeforePage = page => page == 2 ? room.Sending.CancelAsync(room.Whole, campaign.CampaignId, "user:ann", Ct) : Task.CompletedTask;

        await room.Handover.LookAfterAsync(room.Tenant, Ct);

        Assert.Equal(200, room.Ledger.Entries.Count);
        Assert.DoesNotContain(room.Ledger.Entries, e => e.State is DeliveryState.Queued);
        Assert.False(room.Ledger.IsStarted(campaign.CampaignId));
        Assert.Equal(CampaignState.Cancelled, (await room.CampaignAsync(campaign.CampaignId)).State);
        Assert.NotNull((await room.CampaignAsync(campaign.CampaignId)).FinishedAt);
    }

    [Fact]
    public async Task A_pause_while_preparing_holds_until_it_is_over()
    {
        await using var room = await Room.OpenAsync(postgres);
        var campaign = await room.ReadyAsync();
        await room.Sending.SendAsync(room.Whole, campaign.CampaignId, "user:ann", Ct);
        Assert.True((await room.Sending.PauseAsync(room.Whole, campaign.CampaignId, "user:ann", Ct)).IsOk);

        await room.Handover.LookAfterAsync(room.Tenant, Ct);
        Assert.Equal(350, room.Ledger.Entries.Count);
        Assert.False(room.Ledger.IsStarted(campaign.CampaignId));

        Assert.True((await room.Sending.ResumeAsync(room.Whole, campaign.CampaignId, "user:ann", Ct)).IsOk);
        await room.Handover.LookAfterAsync(room.Tenant, Ct);
        Assert.True(room.Ledger.IsStarted(campaign.CampaignId));
    }

    [Fact]
    public async Task What_delivery_did_not_hear_of_is_told_again()
    {
        await using var room = await Room.OpenAsync(postgres);
        var campaign = await room.ReadyAsync();
        await room.Sending.SendAsync(room.Whole, campaign.CampaignId, "user:ann", Ct);
        await room.Handover.LookAfterAsync(room.Tenant, Ct);

        // As after a crash between our row and the telling.
        await room.Database.Tenants.RunAsync(room.Tenant, "update campaign set state = 'paused'", null, Ct);
        await room.Handover.LookAfterAsync(room.Tenant, Ct);

        Assert.True(room.Ledger.IsPaused(campaign.CampaignId));
    }

    [Theory]
    [InlineData("", "news@acme.example", "<p>{{unsubscribe_url}}</p>", null, "Add a subject.")]
    [InlineData("Hi", "", "<p>{{unsubscribe_url}}</p>", null, "Add a sender address.")]
    [InlineData("Hi", "news@other.example", "<p>{{unsubscribe_url}}</p>", null, "other.example is not one of your sending domains: acme.example, shop.example.")]
    [InlineData("Hi", "news@acme.example", "", null, "Add content.")]
    [InlineData("Hi", "news@acme.example", "<p>Hello</p>", null, "The HTML needs a link to {{unsubscribe_url}}")]
    [InlineData("Hi {{nmae}}", "news@acme.example", "<p>{{unsubscribe_url}}</p>", null, "subject, line 1, column 6: there is no field 'nmae'.")]
    [InlineData("Hi", "news@acme.example", "<p>{{unsubscribe_url}}</p>", 404L, "The segment was deleted.")]
    public async Task A_campaign_that_is_not_ready_is_refused_with_the_reason(string subject, string from, string html, long? segment, string expected)
    {
        await using var room = await Room.OpenAsync(postgres);
        var draft = (await room.Drafts.CreateAsync(room.Whole, new DraftChange("Spring", subject, "", from, Html: html, SegmentId: segment), "user:ann", Ct)).Value;

        var refused = await room.Sending.SendAsync(room.Whole, draft.CampaignId, "user:ann", Ct);

        Assert.Contains(expected, refused.Fault!.Detail, StringComparison.Ordinal); // asserts that there is one
        Assert.Equal(422, refused.Fault.Status);
        Assert.True((await room.CampaignAsync(draft.CampaignId)).IsDraft);
    }

    [Fact]
    public async Task A_campaign_whose_sender_receivers_would_refuse_is_not_started()
    {
        await using var room = await Room.OpenAsync(postgres);
        var campaign = await room.ReadyAsync();
        room.Domains.Lacks = ["acme.example has no DMARC record."];

        var findings = Assert.IsType<DraftNotReady>((await room.Sending.SendAsync(room.Whole, campaign.CampaignId, "user:ann", Ct)).Fault).Findings;

        Assert.Equal(("sender-dns", "acme.example has no DMARC record."), (Assert.Single(findings).Code, findings[0].Detail));
        room.Domains.Lacks = [];
        Assert.True((await room.Sending.SendAsync(room.Whole, campaign.CampaignId, "user:ann", Ct)).IsOk);
    }

    [Fact]
    public async Task What_is_sent_does_not_change_any_more()
    {
        await using var room = await Room.OpenAsync(postgres);
        var campaign = await room.ReadyAsync();
        await room.Sending.SendAsync(room.Whole, campaign.CampaignId, "user:ann", Ct);

        Assert.IsType<ContentIsFrozen>((await room.Drafts.ChangeAsync(room.Whole, campaign.CampaignId, new DraftChange(Subject: "Other"), "user:ann", Ct)).Fault);
        Assert.IsType<ContentIsFrozen>((await room.Drafts.DeleteAsync(room.Whole, campaign.CampaignId, "user:ann", Ct)).Fault);
    }

    [Fact]
    public async Task Tests_of_the_same_words_make_one_revision()
    {
        await using var room = await Room.OpenAsync(postgres);
        var campaign = await room.ReadyAsync();

        Assert.True((await room.Sending.TestAsync(room.Whole, campaign.CampaignId, ["ann@example.com", "bob@example.com"], 0, "user:ann", Ct)).IsOk);
        Assert.True((await room.Sending.TestAsync(room.Whole, campaign.CampaignId, ["ann@example.com"], 0, "user:ann", Ct)).IsOk);
        await room.Drafts.ChangeAsync(room.Whole, campaign.CampaignId, new DraftChange(Subject: "Other"), "user:ann", Ct);
        Assert.True((await room.Sending.TestAsync(room.Whole, campaign.CampaignId, ["ann@example.com"], 0, "user:ann", Ct)).IsOk);

        Assert.Equal([1, 2], await room.Database.Tenants.ListAsync<int>(room.Tenant, "select number from content_revision order by number", null, Ct));
        Assert.Equal("HTML, line 1, column 6: this tag is empty.", await BrokenAsync(room));
    }

    private static async Task<string?> BrokenAsync(Room room)
    {
        var broken = await room.ReadyAsync("<p>{{}}</p>");
        return (await room.Sending.TestAsync(room.Whole, broken.CampaignId, ["ann@example.com"], 0, "user:ann", Ct)).Fault?.Detail.Replace("This campaign cannot be sent yet. ", "", StringComparison.Ordinal);
    }
}
