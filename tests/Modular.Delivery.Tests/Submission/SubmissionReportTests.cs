using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Modular.Delivery.Capture;
using Modular.Delivery.Gateway;
using Modular.Delivery.Queue;
using Modular.Delivery.Submission;
using Modular.Mail.Mime;
using Modular.Mail.Reports;
using Modular.Mail.Smtp;
using Modular.Testing;

namespace Modular.Delivery.Tests.Submission;

/// <summary>What a program hears of the mail that it submitted (RFC 3461, RFC 3464).</summary>
public sealed class SubmissionReportTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Text = "From: Acme <shop@acme.example>\r\nTo: ann@example.com\r\nSubject: Your order\r\n\r\nThank you.\r\n";
    private const string Dead = "ann+bounce-5.1.1@example.com";

    private SubmissionHost _suite = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IReadOnlyList<SubmittedRecipientSettled> Settled => [.. _suite.Database.Outbox.Told.OfType<SubmittedRecipientSettled>()];

    public async ValueTask InitializeAsync() => _suite = await SubmissionHost.StartAsync(postgres);

    public ValueTask DisposeAsync() => _suite.DisposeAsync();

    [Fact]
    public async Task The_sender_is_told_once_that_a_recipient_failed_by_a_report_that_nobody_answers()
    {
        await SubmitAsync("shop@acme.example", " RET=HDRS ENVID=order+2B7", (Dead, " ORCPT=rfc822;ann+2Bold@example.com"), ("bob@example.com", ""));
        var captured = await ReportsAsync(1);
        await HearAsync(Settled[0]);

        var mail = Assert.Single(captured);
        Assert.Equal(("", "shop@acme.example"), (mail.From, mail.To));
        var message = MimeMessage.Parse(mail.Content);
        Assert.Equal(("mailer-daemon@bounces.modular.localhost", "auto-replied"), (message.From[0].Address, message.Headers["Auto-Submitted"]));
        Assert.Equal("report", message.Body.ContentType.Subtype);
        var report = DeliveryReportReader.Read(message)!;
        Assert.Equal("order+7", report.OriginalEnvelopeId.ToString());
        var recipient = Assert.Single(report.Recipients);
        Assert.Equal((Dead, "ann+old@example.com", DeliveryAction.Failed, new EnhancedStatus(5, 1, 1)), (recipient.FinalRecipient.ToString(), recipient.OriginalRecipient.ToString(), recipient.Action, recipient.Status));
        Assert.StartsWith("550 5.1.1 ", recipient.DiagnosticCode.ToString(), StringComparison.Ordinal);
        var whole = Encoding.ASCII.GetString(mail.Content.Span);
        Assert.Contains("text/rfc822-headers", whole, StringComparison.Ordinal);
        Assert.DoesNotContain("Thank you.", whole, StringComparison.Ordinal);
        Assert.DoesNotContain("bob@", whole, StringComparison.Ordinal);
        Assert.Equal(2, await _suite.CountAsync("submitted_message")); // the mail, and one report
        Assert.Equal((true, 0L, 0L), Assert.Single(_suite.Database.Outbox.Told.OfType<RecipientBounced>().Select(e => (e.IsHard, e.CampaignId, e.ContactId))));
    }

    [Fact]
    public async Task All_of_the_mail_comes_back_to_whom_asked_for_all()
    {
        await SubmitAsync("shop@acme.example", " RET=FULL", (Dead, ""));

        Assert.Contains("Thank you.", Encoding.ASCII.GetString(Assert.Single(await ReportsAsync(1)).Content.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shop@acme.example", " NOTIFY=NEVER")]
    [InlineData("shop@acme.example", " NOTIFY=SUCCESS,DELAY")]
    [InlineData("", " NOTIFY=FAILURE")]
    public async Task Nobody_is_told_who_wants_to_hear_nothing_or_has_no_address(string sender, string asked)
    {
        await SubmitAsync(sender, "", (Dead, asked));
        await Eventually.HoldsAsync(() => Settled.Count is 1, Ct);
        await HearAsync(Settled[0]);

        Assert.Equal(1, await _suite.CountAsync("submitted_message"));
    }

    [Fact]
    public async Task Success_is_reported_to_whom_asked_for_it_and_a_bounce_that_comes_later_too()
    {
        await SubmitAsync("shop@acme.example", "", ("ann@example.com", " NOTIFY=SUCCESS,FAILURE"));
        await Eventually.HoldsAsync(() => _suite.Host.CapturedMails().Count is 1, Ct);
        var sent = _suite.Host.CapturedMails()[0];
        await ReturnAsync(sent, DeliveryAction.Delivered, "2.0.0");
        await Eventually.HoldsAsync(() => Settled.Count is 1, Ct);
        await ReturnAsync(sent, DeliveryAction.Failed, "5.2.1");
        await Eventually.HoldsAsync(() => Settled.Count is 2, Ct);
        var reports = (await ReportsAsync(2)).Select(mail => DeliveryReportReader.Read(MimeMessage.Parse(mail.Content))!.Recipients[0]).ToList();

        Assert.Equal([(DeliveryAction.Failed, "5.2.1"), (DeliveryAction.Delivered, "2.0.0")], reports.Select(report => (report.Action!.Value, report.Status.ToString())).Order());
        Assert.All(reports, report => Assert.Equal("ann@example.com", report.FinalRecipient.ToString()));
    }

    [Fact]
    public void What_a_server_without_confirmations_took_is_reported_as_handed_on()
    {
        var reports = new SubmissionReports(_suite.Host.Get<SignedAddresses>(), Microsoft.Extensions.Options.Options.Create(new DeliverySettings()));
        var recipient = new SubmittedRecipient(5, DsnNotify.Success, "x400;odd");
        var envelope = new SubmittedEnvelope("192.0.2.1", "shop@acme.example", "shop@acme.example", false, DsnReturn.Full, null, [recipient]);
        var at = DateTimeOffset.UnixEpoch.AddYears(56);
        var row = reports.Write(
            new SubmittedRecipientSettled(_suite.Tenant, 5, SubmittedOutcome.Relayed, null, "250 Ok", "mx.example.com [192.0.2.9:25]", at), envelope, recipient, EmailAddress.Parse("ann@example.com"), at,
            Encoding.ASCII.GetBytes(Text), -10, 6);

        var report = DeliveryReportReader.Read(MimeMessage.Parse(row.Message))!.Recipients[0];
        Assert.Equal((DeliveryAction.Relayed, "2.0.0", "mx.example.com", ""), (report.Action, report.Status.ToString(), report.RemoteMta.ToString(), report.OriginalRecipient.ToString()));
        Assert.DoesNotContain("Thank you.", Encoding.ASCII.GetString(row.Message), StringComparison.Ordinal);
        Assert.True(SubmissionReports.IsOwed(envelope, DsnNotify.Success, SubmittedOutcome.Relayed));
        Assert.False(SubmissionReports.IsOwed(envelope, DsnNotify.Unspecified, SubmittedOutcome.Relayed));
        Assert.False(SubmissionReports.IsOwed(envelope with { IsLetter = true }, DsnNotify.Success, SubmittedOutcome.Relayed));
    }

    [Fact]
    public async Task What_was_asked_for_is_passed_on_and_the_null_sender_stays_null()
    {
        await using var far = new FarServer(IPAddress.Loopback);
        await using var suite = await SubmissionHost.StartAsync(postgres, new Dictionary<string, string?>
        {
            ["Delivery:Mode"] = "Smarthost",
            ["Delivery:Smarthost:Host"] = "127.0.0.1",
            ["Delivery:Smarthost:Port"] = far.EndPoint.Port.ToString(CultureInfo.InvariantCulture),
        });
        await SubmitAsync(suite, "shop@acme.example", " RET=FULL ENVID=order+2B7", ("ann@example.com", " NOTIFY=FAILURE,DELAY ORCPT=rfc822;ann+2Bold@example.com"));
        await SubmitAsync(suite, "", "", ("bob@example.com", ""));
        await Eventually.HoldsAsync(() => far.Envelopes.Count is 2, Ct);

        var asked = far.Envelopes.Single(envelope => !envelope.Sender.IsNull);
        Assert.Matches("^b[0-9a-v]{39}@bounces.modular.localhost$", asked.Sender.ToString());
        Assert.Equal((DsnReturn.Full, "order+2B7"), (asked.Parameters.Return, asked.Parameters.EnvelopeId));
        Assert.Equal((DsnNotify.Failure | DsnNotify.Delay, "rfc822;ann+2Bold@example.com"), (asked.Recipients[0].Notify, asked.Recipients[0].OriginalRecipient));
        Assert.Equal("bob@example.com", far.Envelopes.Single(envelope => envelope.Sender.IsNull).Recipients[0].Path.ToString());
    }

    private Task SubmitAsync(string sender, string parameters, params (string To, string Parameters)[] recipients) => SubmitAsync(_suite, sender, parameters, recipients);

    private static async Task SubmitAsync(SubmissionHost suite, string sender, string parameters, params (string To, string Parameters)[] recipients)
    {
        await using var talk = await SmtpTalk.StartAsync(suite.Host.Get<SmtpPorts>().Submission);
        await talk.SignInAsync();
        Assert.StartsWith("250", await talk.SayAsync($"MAIL FROM:<{sender}>{parameters}"), StringComparison.Ordinal);
        foreach (var (to, asked) in recipients) Assert.StartsWith("250", await talk.SayAsync($"RCPT TO:<{to}>{asked}"), StringComparison.Ordinal);
        Assert.StartsWith("354", await talk.SayAsync("DATA"), StringComparison.Ordinal);
        Assert.StartsWith("250", await talk.SayAsync(Text + "."), StringComparison.Ordinal);
    }

    /// <summary>Hears what was told of recipients, and waits for the reports that come of it.</summary>
    private async Task<IReadOnlyList<CapturedMail>> ReportsAsync(int count)
    {
        await Eventually.HoldsAsync(() => Settled.Count == count, Ct);
        foreach (var e in Settled) await HearAsync(e);
        IReadOnlyList<CapturedMail> reports = [];
        await Eventually.HoldsAsync(() => (reports = [.. _suite.Host.CapturedMails().Where(mail => mail.To is "shop@acme.example")]).Count == count, Ct);
        return reports;
    }

    private Task HearAsync(SubmittedRecipientSettled e) => new OnSubmittedRecipientSettled(
        _suite.Database.Tenants, _suite.Database.Sealer, _suite.Host.Get<SubmittedTable>(), _suite.Host.Get<SubmissionReports>(), _suite.Host.Get<SendSignal>(),
        NullLogger<OnSubmittedRecipientSettled>.Instance).HandleAsync(e, Ct);

    /// <summary>The far side's report about a mail that it took.</summary>
    private async Task ReturnAsync(CapturedMail sent, DeliveryAction action, string status)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        ReportWriter.Write(
            new ReportHeader { From = MailboxAddress.Create("mailer-daemon@mx.example.com"), To = MailboxAddress.Create(sent.From), Date = sent.Record.At, MessageId = MessageId.Create(action + "@mx.example.com") },
            new DeliveryReport { ReportingMta = HeaderText.Create("mx.example.com"), Recipients = [new RecipientReport { FinalRecipient = HeaderText.Create(sent.To), Action = action, Status = EnhancedStatus.Parse(status) }] },
            sent.Content.Span, output);
        await using var talk = await SmtpTalk.StartAsync(_suite.Host.Gateway.Port);
        await talk.SayAsync("EHLO mx.example.com");
        Assert.StartsWith("250", await talk.SendAsync("", [sent.From], Encoding.ASCII.GetString(output.WrittenSpan)), StringComparison.Ordinal);
    }
}
