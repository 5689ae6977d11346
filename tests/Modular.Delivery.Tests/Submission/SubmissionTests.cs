using System.Text;
using Modular.Compliance;
using Modular.Delivery.Gateway;
using Modular.Mail.Mime;
using Modular.Testing;
using Npgsql;

namespace Modular.Delivery.Tests.Submission;

/// <summary>Programs that submit mail by real SMTP, and what arrives at the far side.</summary>
public sealed class SubmissionTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Text = "From: Acme <shop@acme.example>\r\nTo: ann@example.com\r\nSubject: Your order\r\n\r\nThank you.\r\n..stuffed\r\n";

    private const string Round = "Received: from app.example ([192.0.2.7])\r\n\tby mail.modular.localhost with ESMTPSA id 1;\r\n\tThu, 1 Jan 2026 10:00:00 +0000\r\n", Rounds = Round + Round + Round;

    private SubmissionHost _suite = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private int Submission => _suite.Host.Get<SmtpPorts>().Submission;

    private int Smtps => _suite.Host.Get<SmtpPorts>().Smtps;

    public async ValueTask InitializeAsync() => _suite = await SubmissionHost.StartAsync(postgres, new Dictionary<string, string?> { ["Delivery:Submission:AllowsClearOnLoopback"] = "false" });

    public ValueTask DisposeAsync() => _suite.DisposeAsync();

    [Fact]
    public async Task What_is_submitted_arrives_signed_and_otherwise_as_it_was()
    {
        await using var talk = await SmtpTalk.StartAsync(Smtps, isTls: true);
        await talk.SignInAsync();
        Assert.Equal("250 2.0.0 Ok: queued", await talk.SendAsync("shop@acme.example", ["ann@example.com", "bob@example.net", "ANN@example.com"], Text));
        await Eventually.HoldsAsync(() => _suite.Host.CapturedMails().Count is 2, Ct);

        Assert.Equal((1, 2), (await _suite.CountAsync("submitted_message"), await _suite.CountAsync("submitted_recipient")));
        var mail = _suite.Host.CapturedMails().Single(mail => mail.To is "ann@example.com");
        Assert.Matches("^b[0-9a-v]{39}@bounces.modular.localhost$", mail.From);
        var message = MimeMessage.Parse(mail.Content);
        Assert.Contains("d=acme.example", message.Headers["DKIM-Signature"], StringComparison.Ordinal);
        Assert.Matches(@"^from client\.example \(\[127\.0\.0\.1\]\) by mail\.modular\.localhost with ESMTPSA id \d+ tls TLS_[A-Z0-9_]+; ", message.Headers["Received"]!);
        Assert.NotNull(message.Date);
        Assert.Matches("^m[0-9a-v]{39}@bounces.modular.localhost$", message.MessageId!);
        Assert.Equal(Text.Replace("..stuffed", ".stuffed", StringComparison.Ordinal), Encoding.ASCII.GetString(mail.Content.Span)[^(Text.Length - 1)..]);
        Assert.DoesNotContain("bob@", Encoding.ASCII.GetString(mail.Content.Span), StringComparison.Ordinal);
        await Eventually.HoldsAsync(async () => await _suite.Database.Tenants.FindAsync<long>(_suite.Tenant, "select count(*) from delivery where state = 2 and attempts = 1", null, Ct) is 2, Ct);
    }

    /// <summary>More than is read at once.</summary>
    [Fact]
    public async Task Several_large_ones_and_small_ones_between_them_all_arrive()
    {
        await using var talk = await SmtpTalk.StartAsync(Smtps, isTls: true);
        await talk.SignInAsync();
        var large = Text + string.Concat(Enumerable.Repeat(new string('x', 70) + "\r\n", 40_000));
        for (var i = 0; i < 6; i++) Assert.StartsWith("250", await talk.SendAsync("shop@acme.example", [$"reader{i}@example.com"], i % 2 is 0 ? large : Text), StringComparison.Ordinal);
        await Eventually.HoldsAsync(() => _suite.Host.CapturedMails().Count is 6, Ct);

        foreach (var mail in _suite.Host.CapturedMails()) Assert.Equal(mail.To is "reader0@example.com" or "reader2@example.com" or "reader4@example.com", mail.Content.Length > 2_800_000);
    }

    [Fact]
    public async Task A_date_and_a_message_id_that_are_there_stay()
    {
        await using var talk = await SmtpTalk.StartAsync(Submission);
        await talk.SayAsync("EHLO client.example");
        await talk.StartTlsAsync();
        await talk.SignInAsync();
        Assert.StartsWith("250", await talk.SendAsync("", ["ann@example.com"], "Date: Thu, 1 Jan 2026 10:00:00 +0000\r\nMessage-ID: <1@shop.acme.example>\r\n" + Text), StringComparison.Ordinal);
        await Eventually.HoldsAsync(() => _suite.Host.CapturedMails().Count is 1, Ct);

        var message = MimeMessage.Parse(_suite.Host.CapturedMails()[0].Content);
        Assert.Equal("1@shop.acme.example", message.MessageId);
        Assert.Single(message.Headers.All("Date"));
        Assert.Single(message.Headers.All("Message-ID"));
    }

    [Fact]
    public async Task Nobody_submits_who_has_not_signed_in_under_tls()
    {
        await using var talk = await SmtpTalk.StartAsync(Submission);
        Assert.DoesNotContain("AUTH", await talk.SayAsync("EHLO client.example"), StringComparison.Ordinal);
        Assert.StartsWith("538 5.7.11", await talk.SayAsync("AUTH PLAIN AHNob3AAeA=="), StringComparison.Ordinal);
        Assert.StartsWith("530 5.7.0", await talk.SayAsync("MAIL FROM:<shop@acme.example>"), StringComparison.Ordinal);
        await talk.StartTlsAsync();
        Assert.Contains("250-AUTH PLAIN LOGIN SCRAM-SHA-256", await talk.SayAsync("EHLO client.example"), StringComparison.Ordinal);
        Assert.StartsWith("530 5.7.0", await talk.SendAsync("shop@acme.example", ["ann@example.com"], Text), StringComparison.Ordinal);
        await talk.SayAsync("RSET");
        Assert.StartsWith("535 5.7.8", await talk.SayAsync("AUTH PLAIN AHNob3AAeA=="), StringComparison.Ordinal);
        Assert.Equal(0, await _suite.CountAsync("submitted_message"));
    }

    [Fact]
    public async Task Who_fails_too_often_waits_before_the_password_is_looked_at()
    {
        var throttle = _suite.Host.Get<SignInThrottle>();
        for (var i = 0; i < SignInThrottle.PerNetwork; i++) throttle.CountFailure(new SignInAttempt($"smtp:user{i}", "127.0.0.1", IsProgram: true));
        await using var talk = await SmtpTalk.StartAsync(Smtps, isTls: true);
        await talk.SayAsync("EHLO client.example");

        Assert.StartsWith("454 4.7.0", await talk.SayAsync("AUTH PLAIN AHNob3AAeA=="), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shop@elsewhere.example", Text, "550 5.7.1")]
    [InlineData("shop@acme.example", "From: shop@elsewhere.example\r\n\r\nx", "550 5.7.1")]
    [InlineData("shop@acme.example", "From: shop@acme.example, other@elsewhere.example\r\n\r\nx", "550 5.7.1")]
    [InlineData("shop@acme.example", "From: shop@acme.example\r\nSender: other@elsewhere.example\r\n\r\nx", "550 5.7.1")]
    [InlineData("shop@acme.example", "From: shop@acme.example\r\nFrom: shop@elsewhere.example\r\n\r\nx", "550 5.6.0")]
    [InlineData("shop@acme.example", "Subject: x\r\n\r\nx", "550 5.6.0")]
    [InlineData("shop@acme.example", "From: shop@acme.example\r\n\r\na\0b", "550 5.6.0")]
    [InlineData("shop@acme.example", Rounds + "From: shop@acme.example\r\n\r\nx", "554 5.4.6")]
    [InlineData("shop@acme.example", "\r\nFrom: shop@acme.example\r\n", "550 5.6.0")]
    public async Task Only_the_tenants_own_domains_are_sent_from_and_only_what_is_a_mail(string sender, string content, string refusal)
    {
        await using var talk = await SmtpTalk.StartAsync(Smtps, isTls: true);
        await talk.SignInAsync();
        Assert.StartsWith(refusal, await talk.SendAsync(sender, ["ann@example.com"], content), StringComparison.Ordinal);
        Assert.Equal(0, await _suite.CountAsync("submitted_message"));
    }

    [Fact]
    public async Task A_credential_may_be_confined_to_some_domains_or_let_in_from_nowhere()
    {
        _suite.Credentials.Domains = ["other.example"];
        await using (var talk = await SmtpTalk.StartAsync(Smtps, isTls: true))
        {
            await talk.SignInAsync();
            Assert.StartsWith("550 5.7.1", await talk.SendAsync("shop@acme.example", ["ann@example.com"], Text), StringComparison.Ordinal);
        }
        _suite.Credentials.Refusal = "address not allowed";
        await using var refused = await SmtpTalk.StartAsync(Smtps, isTls: true);
        await refused.SayAsync("EHLO client.example");
        Assert.StartsWith("535 5.7.8", await refused.SayAsync("AUTH PLAIN " + Convert.ToBase64String(Encoding.UTF8.GetBytes("\0shop\0" + SubmissionHost.Password))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_credential_that_is_revoked_ends_a_session_under_way_too()
    {
        await using var talk = await SmtpTalk.StartAsync(Smtps, isTls: true);
        await talk.SignInAsync();
        Assert.StartsWith("250", await talk.SendAsync("shop@acme.example", ["ann@example.com"], Text), StringComparison.Ordinal);
        _suite.Credentials.Refusal = "revoked";
        Assert.StartsWith("530 5.7.0", await talk.SendAsync("shop@acme.example", ["ann@example.com"], Text), StringComparison.Ordinal);
        Assert.Equal(1, await _suite.CountAsync("submitted_message"));
    }

    [Fact]
    public async Task On_the_machine_itself_a_program_may_sign_in_without_tls_and_no_faster_than_it_may()
    {
        await using var suite = await SubmissionHost.StartAsync(postgres, new Dictionary<string, string?> { ["Delivery:Submission:MaxRecipientsPerMinute"] = "2" });
        await using var talk = await SmtpTalk.StartAsync(suite.Host.Get<SmtpPorts>().Submission);
        await talk.SignInAsync();
        Assert.StartsWith("250", await talk.SendAsync("shop@acme.example", ["ann@example.com", "bob@example.com"], Text), StringComparison.Ordinal);
        Assert.StartsWith("450 4.7.1", await talk.SendAsync("shop@acme.example", ["ann@example.com"], Text), StringComparison.Ordinal);
        Assert.Equal(1, await suite.CountAsync("submitted_message"));
    }

    [Fact]
    public async Task What_cannot_be_kept_is_not_acknowledged()
    {
        await using var owner = new NpgsqlConnection(_suite.Database.OwnerConnectionString);
        await owner.OpenAsync(Ct);
        await using var revoke = new NpgsqlCommand($"revoke insert on {_suite.Tenant.Schema}.delivery from {_suite.Tenant.Schema}", owner);
        await revoke.ExecuteNonQueryAsync(Ct);

        await using var talk = await SmtpTalk.StartAsync(Smtps, isTls: true);
        await talk.SignInAsync();
        Assert.StartsWith("451 4.3.0", await talk.SendAsync("shop@acme.example", ["ann@example.com"], Text), StringComparison.Ordinal);
        Assert.Equal((0, 0), (await _suite.CountAsync("submitted_message"), await _suite.CountAsync("submitted_recipient")));
    }

    [Fact]
    public async Task A_bare_line_end_is_refused_and_nothing_is_smuggled()
    {
        await using var talk = await SmtpTalk.StartAsync(Smtps, isTls: true);
        await talk.SignInAsync();
        Assert.StartsWith("550 5.5.2", await talk.SendAsync("shop@acme.example", ["ann@example.com"], Text + "x\n.\nMAIL FROM:<admin@acme.example>"), StringComparison.Ordinal);
        Assert.Equal("<closed>", await talk.SayAsync("NOOP"));
        Assert.Equal(0, await _suite.CountAsync("submitted_message"));
    }

    [Fact]
    public async Task Whoever_is_suppressed_gets_nothing_and_the_others_do()
    {
        var ann = EmailAddress.Parse("ann@example.com");
        await _suite.Host.Suppressions.SuppressAsync(_suite.Tenant, [new(_suite.Database.Sealer.Index(_suite.Tenant, ann), SuppressionReason.Complaint, "test", TimeProvider.System.GetUtcNow())], Ct);
        await using var talk = await SmtpTalk.StartAsync(Smtps, isTls: true);
        await talk.SignInAsync();
        Assert.StartsWith("250", await talk.SendAsync("shop@acme.example", ["ann@example.com", "bob@example.com"], Text), StringComparison.Ordinal);
        await Eventually.HoldsAsync(async () => await _suite.Database.Tenants.FindAsync<long>(_suite.Tenant, "select count(*) from delivery where state in (2, 5)", null, Ct) is 2, Ct);
        Assert.Equal("bob@example.com", Assert.Single(_suite.Host.CapturedMails()).To);
    }

    [Fact]
    public async Task The_gateway_offers_starttls_too()
    {
        await using var talk = await SmtpTalk.StartAsync(_suite.Host.Gateway.Port);
        Assert.Contains("250-STARTTLS", await talk.SayAsync("EHLO mx.example"), StringComparison.Ordinal);
        await talk.StartTlsAsync();
        Assert.DoesNotContain("AUTH", await talk.SayAsync("EHLO mx.example"), StringComparison.Ordinal);
        Assert.StartsWith("550 5.1.1", await talk.SendAsync("", ["ann@example.com"], Text), StringComparison.Ordinal);
    }
}
