using Modular.Compliance;
using Modular.Mail.Mime;
using Modular.Testing;

namespace Modular.Delivery.Tests.Outbound;

/// <summary>From the queue over real SMTP into the capture server, and into the ledger.</summary>
public sealed class SendingTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const long Campaign = 5;

    private readonly TestFolder _folder = new("delivery-sending");
    private TestDatabase _database = null!;
    private DeliveryHost _host = null!;
    private TenantId _tenant;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.NewDatabaseAsync(Ct);
        _tenant = await _database.NewTenantAsync(Ct);
        _host = await DeliveryHost.StartAsync(_database, [_tenant], _folder.Path);
        await _host.AddDomainAsync(_tenant);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Each_recipient_gets_one_signed_message_and_the_ledger_knows_the_far_sides_words()
    {
        await _host.QueueAsync(_tenant, Campaign, [.. Enumerable.Range(1, 300).Select(i => $"contact{i}@example.com")]);
        await _host.Deliveries.StartAsync(_tenant, Campaign, Ct);

        var counts = await _host.UntilAsync(_tenant, Campaign, c => c.FinishedAt is not null);

        Assert.Equal((300, 300, 0), (counts.Audience, counts.Delivered, counts.Open));
        var captured = _host.Captured(_tenant);
        Assert.Equal((300, 300, 0), (captured.Messages, captured.Distinct, captured.Duplicates));
        var mail = _host.CapturedMails().First(m => m.To == "contact7@example.com");
        var message = MimeMessage.Parse(mail.Content);
        Assert.StartsWith("DKIM-Signature: v=1; a=rsa-sha256", System.Text.Encoding.ASCII.GetString(mail.Content.Span[..60]), StringComparison.Ordinal);
        Assert.Equal("News for 7", message.Subject);
        Assert.Matches("^<https://mail.acme.example/u/token>, <mailto:u[0-9a-v]{39}@", message.Headers["List-Unsubscribe"]!);
        Assert.Equal("List-Unsubscribe=One-Click", message.Headers["List-Unsubscribe-Post"]);

        var detail = (await _host.Deliveries.FindAsync(_tenant, mail.Record.RecipientId, Ct))!;
        Assert.Equal((DeliveryState.Delivered, 1), (detail.Entry.State, detail.Entry.Attempts));
        Assert.StartsWith("250 2.0.0 Ok: captured as", detail.Entry.Reason, StringComparison.Ordinal);
        Assert.Equal(message.Headers["Message-ID"], detail.MessageId);
        Assert.Equal(mail.From, detail.ReturnPath);
        Assert.Equal("delivered", Assert.Single(detail.Attempts).Outcome);
    }

    [Fact]
    public async Task The_recipients_address_picks_the_outcome()
    {
        await _host.QueueAsync(_tenant, Campaign, ["ann@example.com", "bob+bounce-5.1.1@example.com", "cyd+bounce-5.7.1@example.com", "dan+defer-4.2.2@example.com", "eve+late-dsn@example.com", "fay+complain@example.com"]);
        await _host.Deliveries.StartAsync(_tenant, Campaign, Ct);

        var counts = await _host.UntilAsync(_tenant, Campaign, c => c.FinishedAt is not null && c is { Bounced: 3, Complaints: 1 });

        Assert.Equal((6, 3, 3), (counts.Audience, counts.Delivered, counts.Bounced));
        var ledger = (await _host.Deliveries.ReadLedgerAsync(_tenant, Campaign, null, 0, 10, Ct)).Entries;
        Assert.Equal("550 5.1.1 <recipient>: Recipient address rejected: as its tag asks", ledger[1].Reason);
        Assert.Equal((3, DeliveryState.Delivered), (ledger[3].Attempts, ledger[3].State));
        Assert.Equal((DeliveryState.Bounced, "5.1.1"), (ledger[4].State, ledger[4].Status));
        Assert.True(ledger[5].Complained);

        var bounced = _database.Outbox.Told.OfType<RecipientBounced>().ToDictionary(e => e.ContactId);
        Assert.Equal([2, 3, 5], bounced.Keys.Order());
        Assert.Equal((true, false, true), (bounced[2].IsHard, bounced[3].IsHard, bounced[5].IsHard));
        Assert.Equal(6, Assert.Single(_database.Outbox.Told.OfType<RecipientComplained>()).ContactId);
        var deferred = (await _host.Deliveries.FindAsync(_tenant, ledger[3].RecipientId, Ct))!.Attempts;
        Assert.Equal(["deferred", "deferred", "delivered"], deferred.Select(a => a.Outcome));
        var late = (await _host.Deliveries.FindAsync(_tenant, ledger[4].RecipientId, Ct))!.Attempts;
        Assert.Equal(["delivered", "bounced later"], late.Select(a => a.Outcome));
    }

    [Fact]
    public async Task Who_joined_the_suppression_list_since_it_was_queued_gets_nothing()
    {
        var ann = _host.Handover(_tenant, 1, "ann@example.com");
        await _host.Deliveries.QueueAsync(_tenant, Campaign, [ann, _host.Handover(_tenant, 2, "bob@example.com")], Ct);
        _host.Suppressions.Entries[(_tenant, ann.Email)] = new Suppression(ann.Email, SuppressionReason.Unsubscribed, "unsubscribe link", DateTimeOffset.UnixEpoch);
        await _host.Deliveries.StartAsync(_tenant, Campaign, Ct);

        var counts = await _host.UntilAsync(_tenant, Campaign, c => c.FinishedAt is not null);

        Assert.Equal((1, 1), (counts.Suppressed, counts.Delivered));
        Assert.Equal("bob@example.com", Assert.Single(_host.CapturedMails()).To);
    }

    [Fact]
    public async Task A_contact_without_a_message_is_skipped_with_the_reason_and_holds_nobody_up()
    {
        await _host.QueueAsync(_tenant, Campaign, ["ann@example.com", "bob@example.com", "cyd@example.com"]);
        _host.Source.Contacts.TryRemove(2, out _);
        await _host.Deliveries.StartAsync(_tenant, Campaign, Ct);

        var counts = await _host.UntilAsync(_tenant, Campaign, c => c.FinishedAt is not null);

        Assert.Equal((2, 1), (counts.Delivered, counts.Skipped));
        Assert.Equal("contact deleted", Assert.Single((await _host.Deliveries.ReadLedgerAsync(_tenant, Campaign, DeliveryState.Skipped, 0, 10, Ct)).Entries).Reason);
    }

    [Fact]
    public async Task A_test_mail_goes_out_without_a_start_and_counts_nowhere()
    {
        await _host.QueueAsync(_tenant, Campaign, ["ann@example.com"]);

        var ids = await _host.Deliveries.QueueTestAsync(_tenant, Campaign, [new TestRecipient(EmailAddress.Parse("me@acme.example"), 1)], Ct);

        LedgerDetail? detail;
        while ((detail = await _host.Deliveries.FindAsync(_tenant, ids[0], Ct))!.Entry.State is not DeliveryState.Delivered) await Task.Delay(20, Ct);
        Assert.Equal("me@acme.example", Assert.Single(_host.CapturedMails()).To);
        var counts = await _host.CountAsync(_tenant, Campaign);
        Assert.Equal((1, 1), (counts.Audience, counts.Queued));
    }

    [Fact]
    public async Task A_stop_in_the_middle_and_a_new_start_send_each_message_once()
    {
        await _host.QueueAsync(_tenant, Campaign, [.. Enumerable.Range(1, 3_000).Select(i => $"contact{i}@example.com")]);
        await _host.Deliveries.StartAsync(_tenant, Campaign, Ct);
        await _host.UntilAsync(_tenant, Campaign, c => c.Delivered > 200);

        await _host.DisposeAsync();
        var source = _host.Source;
        _host = await DeliveryHost.StartAsync(_database, [_tenant], _folder.Path);
        foreach (var (id, to) in source.Contacts) _host.Source.Contacts[id] = to;
        var counts = await _host.UntilAsync(_tenant, Campaign, c => c.FinishedAt is not null);

        Assert.Equal((3_000, 0), (counts.Delivered, counts.Ambiguous));
        var captured = _host.Captured(_tenant);
        Assert.Equal((3_000, 0), (captured.Distinct, captured.Duplicates));
    }

    [Fact]
    public async Task Nobodys_address_stands_in_the_database()
    {
        await _host.QueueAsync(_tenant, Campaign, ["annabel.lee+bounce-5.1.1@example.com", "annabel.lee+late-dsn@example.com", "annabel.lee+defer-4.2.2@example.com", "annabel.lee+complain@example.com"]);
        await _host.Deliveries.StartAsync(_tenant, Campaign, Ct);
        await _host.Deliveries.QueueTestAsync(_tenant, Campaign, [new TestRecipient(EmailAddress.Parse("annabel.lee@acme.example"), 1)], Ct);
        await _host.UntilAsync(_tenant, Campaign, c => c.FinishedAt is not null && c is { Bounced: 2, Complaints: 1 });

        foreach (var table in new[] { "delivery", "delivery_event", "inbound", "sending_domain", "sending_domain_key", "claim", "sender_lease", "campaign_run" })
        {
            foreach (var row in await _database.Tenants.ListAsync<string>(_tenant, $"select t::text from {table} t", null, Ct))
                Assert.DoesNotContain("annabel", row, StringComparison.OrdinalIgnoreCase);
        }
    }
}
