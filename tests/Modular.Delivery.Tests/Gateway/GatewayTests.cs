using System.Buffers;
using System.Text;
using Modular.Delivery.Gateway;
using Modular.Mail.Mime;
using Modular.Mail.Reports;
using Modular.Mail.Smtp;
using Modular.Mail.Smtp.Client;
using Modular.Testing;
using Npgsql;

namespace Modular.Delivery.Tests.Gateway;

/// <summary>Mail that comes to the gateway by real SMTP, and what it does to the ledger.</summary>
public sealed class GatewayTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const long Campaign = 9;

    private readonly TestFolder _folder = new("delivery-gateway");
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
    public async Task Only_addresses_of_ours_are_taken()
    {
        var signed = Sign(AddressKind.Bounce, 17);
        var report = Dsn("ann@example.com", "5.1.1");

        Assert.IsType<SmtpOutcome.Accepted>(await SendAsync(signed, report));
        Assert.IsType<SmtpOutcome.Accepted>(await SendAsync(signed.ToUpperInvariant(), report));
        Assert.IsType<SmtpOutcome.Accepted>(await SendAsync("Postmaster@bounces.modular.localhost", report));
        Assert.IsType<SmtpOutcome.Accepted>(await SendAsync("fbl@bounces.modular.localhost", report));
        foreach (var role in new[] { "postmaster", "abuse@bounces.modular.localhost", "postmaster@mail.modular.localhost", "Abuse@mail.modular.localhost", "postmaster@[127.0.0.1]" })
        {
            Assert.IsType<SmtpOutcome.Accepted>(await SendAsync(role, report));
        }
        foreach (var wrong in new[] { "nobody@bounces.modular.localhost", "postmaster@elsewhere.example", "abuse@elsewhere.example", "b" + new string('0', 39) + "@bounces.modular.localhost", signed.Replace("bounces.", "other.", StringComparison.Ordinal) })
        {
            var refused = Assert.IsType<SmtpOutcome.Refused>(await SendAsync(wrong, report));
            Assert.Equal((SmtpStage.Recipient, 550, new EnhancedStatus(5, 1, 1)), (refused.Stage, refused.Reply.Code, refused.Reply.Status));
        }
    }

    [Fact]
    public async Task What_cannot_be_kept_is_not_acknowledged()
    {
        await using var owner = new NpgsqlConnection(_database.OwnerConnectionString);
        await owner.OpenAsync(Ct);
        await RunAsync($"revoke insert on {_tenant.Schema}.inbound from {_tenant.Schema}");

        var refused = Assert.IsType<SmtpOutcome.Refused>(await SendAsync(Sign(AddressKind.Bounce, 17), Dsn("ann@example.com", "5.1.1")));
        Assert.Equal((451, new EnhancedStatus(4, 3, 0)), (refused.Reply.Code, refused.Reply.Status));

        await RunAsync($"grant insert on {_tenant.Schema}.inbound to {_tenant.Schema}");
        Assert.IsType<SmtpOutcome.Accepted>(await SendAsync(Sign(AddressKind.Bounce, 17), Dsn("ann@example.com", "5.1.1")));
        Assert.Equal(1, await _database.Tenants.FindAsync<long>(_tenant, "select count(*) from inbound", null, Ct));

        async Task RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, owner);
            await command.ExecuteNonQueryAsync(Ct);
        }
    }

    [Fact]
    public async Task A_late_bounce_that_comes_three_times_counts_once()
    {
        var recipient = await DeliveredAsync("ann@example.com");
        var report = Dsn("somebody.else@example.com", "5.1.1"); // forwarded: whom it names is not believed
        for (var i = 0; i < 3; i++) await SendAsync(Sign(AddressKind.Bounce, recipient), report);
        await SendAsync(Sign(AddressKind.Bounce, recipient), Dsn("ann@example.com", "5.2.1"));
        await UntilReadAsync();

        var counts = await _host.CountAsync(_tenant, Campaign);
        Assert.Equal((0, 1, 1), (counts.Delivered, counts.Bounced, counts.Audience));
        var told = Assert.Single(_database.Outbox.Told.OfType<RecipientBounced>());
        Assert.Equal((recipient, true, "5.1.1"), (told.RecipientId, told.IsHard, told.Status));
        Assert.DoesNotContain('@', told.Reason);
        var detail = (await _host.Deliveries.FindAsync(_tenant, recipient, Ct))!;
        Assert.Equal(["delivered", "bounced later"], detail.Attempts.Select(attempt => attempt.Outcome));
    }

    [Fact]
    public async Task A_complaint_that_comes_three_times_counts_once_and_leaves_the_mail_delivered()
    {
        var recipient = await DeliveredAsync("ann@example.com");
        var report = Arf(Sign(AddressKind.Bounce, recipient), FeedbackType.Abuse);
        for (var i = 0; i < 3; i++) await SendAsync("fbl@bounces.modular.localhost", report);
        await SendAsync(Sign(AddressKind.Feedback, recipient), report);
        await UntilReadAsync();

        var counts = await _host.CountAsync(_tenant, Campaign);
        Assert.Equal((1, 1), (counts.Delivered, counts.Complaints));
        var told = Assert.Single(_database.Outbox.Told.OfType<RecipientComplained>());
        Assert.Equal((recipient, "feedback loop of provider.example"), (told.RecipientId, told.Source));
    }

    [Fact]
    public async Task Who_takes_a_complaint_back_complains_not()
    {
        var recipient = await DeliveredAsync("ann@example.com");
        await SendAsync(Sign(AddressKind.Feedback, recipient), Arf(Sign(AddressKind.Bounce, recipient), FeedbackType.NotSpam));
        await UntilReadAsync();

        Assert.Equal(0, (await _host.CountAsync(_tenant, Campaign)).Complaints);
        Assert.Empty(_database.Outbox.Told);
    }

    [Fact]
    public async Task A_vacation_notice_and_a_delay_notice_are_noted_and_bounce_nobody()
    {
        var recipient = await DeliveredAsync("ann@example.com");
        await SendAsync(Sign(AddressKind.Bounce, recipient), "From: ann@example.com\r\nSubject: Out of office\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n"u8.ToArray());
        await SendAsync(Sign(AddressKind.Bounce, recipient), Dsn("ann@example.com", "4.4.1", DeliveryAction.Delayed));
        await UntilReadAsync();

        var detail = (await _host.Deliveries.FindAsync(_tenant, recipient, Ct))!;
        Assert.Equal(DeliveryState.Delivered, detail.Entry.State);
        Assert.Equal(["automatic reply", "delay notice", "delivered"], detail.Attempts.Select(attempt => attempt.Outcome).Order());
        Assert.Empty(_database.Outbox.Told);
    }

    [Fact]
    public async Task Mail_to_the_unsubscribe_address_unsubscribes()
    {
        var recipient = await DeliveredAsync("ann@example.com");
        await SendAsync(Sign(AddressKind.Unsubscribe, recipient), "From: ann@example.com\r\nSubject: unsubscribe\r\n\r\n"u8.ToArray());
        await UntilReadAsync();

        var (_, entry) = Assert.Single(_host.Suppressions.Entries);
        Assert.Equal((Modular.Compliance.SuppressionReason.Unsubscribed, recipient), (entry.Reason, entry.RecipientId));
    }

    [Theory]
    [InlineData("Re: News", "Bitte abmelden!\r\n\r\n> Our news\r\n")]
    [InlineData("unsubscribe", "\r\n")]
    [InlineData("Re: News", "Merci de me désinscrire de votre liste.\r\n")]
    public async Task An_answer_that_asks_for_no_more_mail_unsubscribes_whoever_was_mailed(string subject, string text)
    {
        var recipient = await DeliveredAsync("ann@example.com");
        await SendAsync(Sign(AddressKind.Bounce, recipient), Encoding.UTF8.GetBytes($"From: Someone <other@example.org>\r\nSubject: {subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}"));
        await UntilReadAsync();

        var (_, entry) = Assert.Single(_host.Suppressions.Entries);
        Assert.Equal((Modular.Compliance.SuppressionReason.Unsubscribed, recipient), (entry.Reason, entry.RecipientId));
    }

    [Fact]
    public async Task A_failed_check_of_our_sender_and_a_machines_answer_unsubscribe_nobody()
    {
        var recipient = await DeliveredAsync("ann@example.com");
        await SendAsync(Sign(AddressKind.Feedback, recipient), Arf(Sign(AddressKind.Bounce, recipient), FeedbackType.AuthFailure));
        await SendAsync(Sign(AddressKind.Unsubscribe, recipient), "From: ann@example.com\r\nSubject: Automatic reply: unsubscribe\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n"u8.ToArray());
        await UntilReadAsync();

        Assert.Empty(_host.Suppressions.Entries);
        Assert.Equal(0, (await _host.CountAsync(_tenant, Campaign)).Complaints);
        Assert.Empty(_database.Outbox.Told);
    }

    [Fact]
    public async Task Reports_about_a_sending_domain_are_kept_once_and_those_about_others_are_not()
    {
        for (var i = 0; i < 3; i++) await SendAsync("reports@bounces.modular.localhost", DmarcMail(PlayedSource.From.Domain));
        await SendAsync("reports@bounces.modular.localhost", DmarcMail("somebody-else.example"));
        await SendAsync("reports@bounces.modular.localhost", "Subject: Report Domain: x Submitter: y Report-ID: z\r\n\r\nnothing\r\n"u8.ToArray());
        await SendAsync("reports@bounces.modular.localhost", Encoding.UTF8.GetBytes($$"""
            Content-Type: application/tlsrpt+json

            {"organization-name":"Provider","report-id":"t1","date-range":{"start-datetime":"2026-03-01T00:00:00Z","end-datetime":"2026-03-01T23:59:59Z"},
             "policies":[{"policy":{"policy-type":"sts","policy-domain":"{{PlayedSource.From.Domain}}"},"summary":{"total-successful-session-count":9,"total-failure-session-count":1},
             "failure-details":[{"result-type":"certificate-expired","failed-session-count":1,"receiving-mx-hostname":"mx.example"}]}]}
            """.ReplaceLineEndings("\r\n")));
        await UntilReadAsync();

        var kept = await _database.Tenants.ListAsync<KeptReport>(_tenant, "select kind, reporter, total, passed from domain_report order by kind", null, Ct);
        Assert.Equal([new KeptReport(0, "Provider", 7, 5), new KeptReport(1, "Provider", 10, 9)], kept);
        Assert.Equal(["192.0.2.1", "192.0.2.9", "mx.example"], (await _database.Tenants.ListAsync<string>(_tenant, "select source from domain_report_line", null, Ct)).Order(StringComparer.Ordinal));
    }

    private static byte[] DmarcMail(string domain) => Encoding.UTF8.GetBytes($"""
        From: noreply@provider.example
        Subject: Report Domain: {domain} Submitter: provider.example Report-ID: <1>
        Content-Type: text/xml

        <feedback><report_metadata><org_name>Provider</org_name><report_id>1</report_id><date_range><begin>1772323200</begin><end>1772409599</end></date_range></report_metadata>
        <policy_published><domain>{domain}</domain><p>none</p></policy_published>
        <record><row><source_ip>192.0.2.1</source_ip><count>5</count><policy_evaluated><disposition>none</disposition><dkim>pass</dkim><spf>pass</spf></policy_evaluated></row></record>
        <record><row><source_ip>192.0.2.9</source_ip><count>2</count><policy_evaluated><disposition>none</disposition><dkim>fail</dkim><spf>fail</spf></policy_evaluated></row></record></feedback>
        """.ReplaceLineEndings("\r\n"));

    private sealed record KeptReport(short Kind, string Reporter, long Total, long Passed);

    private string Sign(AddressKind kind, long recipientId) => _host.Get<SignedAddresses>().Write(new SignedAddress(kind, _tenant, recipientId)) + "@bounces.modular.localhost";

    private async Task<long> DeliveredAsync(string address)
    {
        await _host.QueueAsync(_tenant, Campaign, [address]);
        await _host.Deliveries.StartAsync(_tenant, Campaign, Ct);
        await _host.UntilAsync(_tenant, Campaign, c => c.Delivered is 1);
        return (await _host.Deliveries.ReadLedgerAsync(_tenant, Campaign, null, 0, 1, Ct)).Entries[0].RecipientId;
    }

    /// <summary>Until all that came in has its verdict, by way of the gateway's own inbox too.</summary>
    private async Task UntilReadAsync()
    {
        while (await _database.System.FindAsync<long>("select count(*) from delivery.inbound where due_at is not null", null, Ct)
            + await _database.Tenants.FindAsync<long>(_tenant, "select count(*) from inbound where due_at is not null", null, Ct) > 0) await Task.Delay(20, Ct);
    }

    private async Task<SmtpOutcome> SendAsync(string to, byte[] content)
    {
        var options = new SmtpClientOptions { HeloName = "far.example", Tls = TlsPolicy.Never };
        await using var connection = await SmtpConnection.ConnectAsync(_host.Gateway, options, TimeProvider.System, Ct);
        return await connection.SendAsync(new OutgoingEnvelope("", to), content, Ct);
    }

    private static byte[] Dsn(string address, string status, DeliveryAction action = DeliveryAction.Failed) => Written(output => ReportWriter.Write(
        Header("dsn"),
        new DeliveryReport
        {
            ReportingMta = HeaderText.Create("mx.provider.example"),
            Recipients =
            [
                new RecipientReport
                {
                    FinalRecipient = HeaderText.Create(address),
                    Action = action,
                    Status = EnhancedStatus.Parse(status),
                    DiagnosticCode = HeaderText.Create($"{(action is DeliveryAction.Failed ? 550 : 450)} {status} <{address}>: {(status is "5.1.1" ? "User unknown" : "try later")}"),
                },
            ],
        },
        "From: news@acme.example\r\nSubject: News\r\n"u8, output));

    private static byte[] Arf(string returnPath, FeedbackType type) => Written(output => ReportWriter.Write(
        Header("arf"), new FeedbackReport { Type = type, UserAgent = HeaderText.Create("Provider/1") },
        Encoding.ASCII.GetBytes($"Return-Path: <{returnPath}>\r\nFrom: news@acme.example\r\nTo: redacted@redacted.invalid\r\nSubject: News\r\n\r\nNews.\r\n"), output));

    private static ReportHeader Header(string kind) => new()
    {
        From = MailboxAddress.Create("mailer-daemon@provider.example"),
        To = MailboxAddress.Create("fbl@bounces.modular.localhost"),
        Date = new DateTimeOffset(2026, 3, 1, 9, 0, 0, TimeSpan.Zero),
        MessageId = MessageId.Create(kind + ".1@provider.example"),
    };

    private static byte[] Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }
}
