using System.Text;
using Modular.Campaigns.Composing;
using Modular.Campaigns.Tracking;
using Modular.Delivery;
using Modular.Testing;

namespace Modular.Campaigns.Tests.Sending;

public sealed class MessageSourceTests(PostgresFixture postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly HostFacts Host = new("/nowhere", new Uri("http://127.0.0.1:8080/"), HostRoles.All, new HostPorts(0, 0, 0, 0, 0));

    [Fact]
    public async Task Each_recipient_gets_their_own_in_the_order_asked_for()
    {
        await using var room = await Room.OpenAsync(postgres);
        var campaign = await room.ReadyAsync();
        await room.Sending.SendAsync(room.Whole, campaign.CampaignId, "user:ann", Ct);
        var source = new MessageSource(room.Revisions, new MemoryProfiles(), room.Database.Sealer, Host);

        var composed = await source.ComposeAsync(room.Tenant, campaign.CampaignId, [new(7, 1, null), new(8, 404, null), new(9, 2, null)], Ct);

        var first = Assert.IsType<ComposedMessage.Message>(composed[0]);
        Assert.Equal("Hello Person 1", first.Subject);
        Assert.Equal("p1@example.com", first.To.Text);
        Assert.StartsWith("<p>Hi Person 1, <a href=\"http://127.0.0.1:8080/c/", Encoding.UTF8.GetString(first.Html.Span), StringComparison.Ordinal);
        Assert.Contains("look (https://shop.example/?n=Person%201)", Encoding.UTF8.GetString(first.Text.Span), StringComparison.Ordinal);
        Assert.Equal("contact deleted", Assert.IsType<ComposedMessage.Skipped>(composed[1]).Reason);
        var third = Assert.IsType<ComposedMessage.Message>(composed[2]);
        Assert.Same(first.Header, third.Header);
        Assert.Equal($"{room.Tenant}.list.acme.example", third.Header.ListId);
        Assert.Equal(4, third.Header.FeedbackId.Split(':').Length);
    }

    [Fact]
    public async Task A_test_mail_is_made_of_the_draft_and_its_links_count_nowhere()
    {
        await using var room = await Room.OpenAsync(postgres);
        var campaign = await room.ReadyAsync();
        await room.Sending.TestAsync(room.Whole, campaign.CampaignId, ["boss@example.com"], 0, "user:ann", Ct);
        var source = new MessageSource(room.Revisions, new MemoryProfiles(), room.Database.Sealer, Host);

        var test = Assert.IsType<ComposedMessage.Message>((await source.ComposeAsync(room.Tenant, campaign.CampaignId, [new(7, 0, EmailAddress.Parse("boss@example.com"))], Ct))[0]);

        Assert.Equal("Hello Ann", test.Subject);
        Assert.Equal("boss@example.com", test.To.Text);
        Assert.True(LinkToken.TryRead(room.Database.Sealer, test.UnsubscribeUrl!.Segments[^1], LinkKind.Unsubscribe, out var token)); // always set
        Assert.True(token.IsTest);
    }

    [Fact]
    public async Task Links_are_frozen_with_the_content()
    {
        await using var room = await Room.OpenAsync(postgres);
        var campaign = await room.ReadyAsync();
        var sent = (await room.Sending.SendAsync(room.Whole, campaign.CampaignId, "user:ann", Ct)).Value;

        var links = (await new FrozenLinks(room.Revisions).FindAsync(room.Tenant, sent.RevisionId!.Value, Ct))!; // frozen just now

        Assert.Equal(campaign.CampaignId, links.CampaignId);
        Assert.Equal("https://shop.example/", links.Find(2)!.Fixed); // the second of two
        Assert.Null(links.Find(1)!.Fixed);
        Assert.Null(links.Find(0));
        Assert.Null(links.Find(3));
    }
}
