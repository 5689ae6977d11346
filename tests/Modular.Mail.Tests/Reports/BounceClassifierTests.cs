using System.Text;
using System.Text.Json;
using Modular.Mail.Mime;
using Modular.Mail.Reports;

namespace Modular.Mail.Tests.Reports;

public sealed class BounceClassifierTests
{
    [Theory]
    [InlineData("failed", "5.1.1", "smtp; 550 5.1.1 <a@x.example>: Recipient address rejected: User unknown", ReturnedMailKind.Bounce, BounceReason.UserUnknown, true)]
    [InlineData("failed", "5.2.2", "smtp; 552 5.2.2 Over quota", ReturnedMailKind.Bounce, BounceReason.MailboxFull, false)]
    [InlineData("failed", "5.0.0", "smtp; 550 5.7.26 Unauthenticated email from acme.example is not accepted due to domain's DMARC policy", ReturnedMailKind.Bounce, BounceReason.Authentication, false)]
    [InlineData("failed", "5.1.2", "x-local; no words", ReturnedMailKind.Bounce, BounceReason.HostUnknown, true)]
    [InlineData("failed", "5.4.7", "smtp; message expired", ReturnedMailKind.Bounce, BounceReason.Expired, false)]
    [InlineData("failed", "5.3.4", "smtp; 552 too big", ReturnedMailKind.Bounce, BounceReason.TooLarge, false)]
    [InlineData("failed", "5.7.1", "smtp; 554 5.7.1 Service unavailable; client host blocked using zen.spamhaus.org", ReturnedMailKind.Bounce, BounceReason.Blocked, false)]
    [InlineData("failed", "5.0.0", "smtp; 550 User unknown (in reply to end of DATA command)", ReturnedMailKind.Bounce, BounceReason.Filtered, false)]
    [InlineData("delayed", "4.2.2", "smtp; 452 4.2.2 Mailbox full", ReturnedMailKind.Delayed, BounceReason.MailboxFull, false)]
    [InlineData("delivered", "2.1.5", "smtp; 250 2.1.5 Ok", ReturnedMailKind.Delivered, BounceReason.Undetermined, false)]
    public void A_standard_report_is_believed_first(string action, string status, string diagnostic, ReturnedMailKind kind, BounceReason reason, bool isHard)
    {
        var verdict = Classify($"From: postmaster@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\nSee below.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; a@x.example\nOriginal-Recipient: rfc822; alias@acme.example\nAction: {action}\nStatus: {status}\nDiagnostic-Code: {diagnostic}\n\n--b--\n");

        Assert.Equal(kind, verdict.Kind);
        var recipient = Assert.Single(verdict.Recipients);
        Assert.Equal(("a@x.example", "alias@acme.example", reason, isHard), (recipient.Address, recipient.OriginalAddress, recipient.Reason, recipient.IsHard));
        Assert.StartsWith("RFC 3464", verdict.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_several_recipients_those_that_failed_come_first_and_those_delivered_are_not_named()
    {
        var verdict = Classify("From: postmaster@mx.example\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; b@x.example\nAction: delayed\nStatus: 4.2.2\n\nFinal-Recipient: rfc822; c@x.example\nAction: delivered\nStatus: 2.0.0\n");

        Assert.Equal(ReturnedMailKind.Bounce, verdict.Kind);
        Assert.Equal([("a@x.example", DeliveryAction.Failed), ("b@x.example", DeliveryAction.Delayed)], verdict.Recipients.Select(r => (r.Address, r.Action ?? default)));
    }

    [Theory]
    // Postfix without a report part, qmail, Exim, a gateway with bare names, Exchange, sendmail's transcript, a report written into the text.
    [InlineData("This is the mail system at host mx.example.\n\n<a@x.example>: host mail.x.example[192.0.2.1] said: 550 5.1.1 User unknown (in reply to RCPT TO command)\n", "a@x.example", BounceReason.UserUnknown)]
    [InlineData("Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<a@x.example>:\nSorry, no mailbox here by that name.\n\n--- Below this line is a copy of the message.\n\nTo: other@x.example\n", "a@x.example", BounceReason.UserUnknown)]
    [InlineData("A message that you sent could not be delivered to one or more of its\nrecipients. The following address(es) failed:\n\n  a@x.example\n    mailbox is full: retry timeout exceeded\n\n------ This is a copy of the message. ------\n\nTo: other@x.example\n", "a@x.example", BounceReason.MailboxFull)]
    [InlineData("Your mail to the following recipients could not be delivered because they are not accepting mail:\n\n\tann\n", "ann@mx.example", BounceReason.Filtered)]
    [InlineData("Your message did not reach the following recipient(s):\n\na@x.example on Thu, 1 Jan 2026 10:00:00 +0000\n    The recipient name is not recognized\n", "a@x.example", BounceReason.UserUnknown)]
    [InlineData("   ----- The following addresses had permanent fatal errors -----\n<a@x.example>\n    (reason: 550 Host unknown)\n\n   ----- Transcript of session follows -----\n550 5.1.2 <a@x.example>... Host unknown\n", "a@x.example", BounceReason.HostUnknown)]
    [InlineData("An error occurred while trying to deliver the mail.\n\nFinal-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.2.1\nDiagnostic-Code: smtp; 550 5.2.1 This account is disabled\n", "a@x.example", BounceReason.Inactive)]
    public void Reports_in_plain_words_are_understood(string text, string address, BounceReason reason)
    {
        var verdict = Classify($"From: Mail Delivery System <MAILER-DAEMON@mx.example>\nTo: b1@bounces.acme.example\nSubject: Undelivered Mail Returned to Sender\n\n{text}");

        Assert.Equal(ReturnedMailKind.Bounce, verdict.Kind);
        var recipient = Assert.Single(verdict.Recipients);
        Assert.Equal((address, reason), (recipient.Address, recipient.Reason));
        Assert.NotEqual("none", verdict.Rule);
        Assert.NotEmpty(recipient.Evidence);
    }

    [Fact]
    public void A_warning_is_no_bounce()
    {
        var verdict = Classify("From: MAILER-DAEMON@mx.example\nSubject: Warning: could not send message for past 4 hours\n\nThis is a warning message only. You do not need to resend your message.\n\n<a@x.example>: connection timed out\n");

        Assert.Equal(ReturnedMailKind.Delayed, verdict.Kind);
        Assert.Equal("a@x.example", Assert.Single(verdict.Recipients).Address);
    }

    [Theory]
    [InlineData("From: Ann <ann@x.example>\nSubject: Undelivered parcel\n\nHello, my parcel was not delivered. Please write to bob@y.example.\n")]
    [InlineData("From: Ann <ann@x.example>\nSubject: Re: Returned mail\n\nDid you see this?\n> <bob@y.example>: user unknown\n")]
    [InlineData("From: Postmaster <postmaster@x.example>\nSubject: New mail policy\n\nFrom Monday on, write to help@x.example.\n")]
    [InlineData("From: shop@x.example\nSubject: Your order\n\nDelivery to ann@y.example is planned for Tuesday.\n")]
    [InlineData("")]
    public void Mail_that_only_speaks_of_delivery_is_ordinary(string mail) => Assert.Equal(ReturnedMailKind.Ordinary, Classify(mail).Kind);

    [Theory]
    [InlineData("Auto-Submitted: auto-replied (vacation)", "RFC 3834 §5")]
    [InlineData("X-Autoreply: yes", "field: X-Autoreply")]
    [InlineData("Precedence: auto_reply", "field: Precedence")]
    [InlineData("Subject: Out of Office: Hello", "auto-reply subject: ^out of office")]
    [InlineData("Subject: =?utf-8?q?Automatische_Antwort=3A_Hallo?=", "auto-reply subject: ^automatische antwort")]
    public void An_automatic_reply_is_told_from_a_person(string field, string rule)
    {
        var verdict = Classify($"From: Ann <ann@x.example>\n{field}\n\nI am away.\n");

        Assert.Equal((ReturnedMailKind.AutoReply, rule), (verdict.Kind, verdict.Rule));
    }

    [Theory]
    [InlineData("Auto-Submitted: no")]
    [InlineData("Auto-Submitted: auto-generated")]
    [InlineData("X-Autoreply: no")]
    [InlineData("Subject: I was out of office")]
    public void Other_mail_is_no_automatic_reply(string field) => Assert.Equal(ReturnedMailKind.Ordinary, Classify($"From: Ann <ann@x.example>\n{field}\n\nHello.\n").Kind);

    [Fact]
    public void A_feedback_report_is_recognised_before_anything_else()
    {
        var verdict = Classify("From: postmaster@x.example\nSubject: failure notice\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: x\nVersion: 1\nOriginal-Rcpt-To: <ann@x.example>\n\n--b--\n");

        Assert.Equal(ReturnedMailKind.FeedbackReport, verdict.Kind);
        Assert.Equal("ann@x.example", Assert.Single(verdict.Recipients).Address);
    }

    [Fact]
    public void The_explanation_is_one_line_that_tools_can_score()
    {
        var json = BounceExplanation.ToJson("x.eml", Classify("From: postmaster@mx.example\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n"));

        Assert.Equal(
            """{"file":"x.eml","class":"bounce","recipients":[{"address":"a@x.example","status":"5.1.1","reply_code":"550","reason":"userunknown","coarse":"bad_address","hard":true,"permanent":true,"rule":"reason UserUnknown: user unknown","evidence":"550 5.1.1 User unknown"}],"rule":"RFC 3464 §2.3","evidence":"Final-Recipient: a@x.example"}""",
            json);
    }

    [Fact]
    public void Every_reason_has_a_word_and_only_dead_addresses_are_hard()
    {
        Assert.Equal(Enum.GetValues<BounceReason>().Length, Enum.GetValues<BounceReason>().Select(r => r.Words().Reason).Distinct().Count());
        Assert.All(Enum.GetValues<BounceReason>(), r => Assert.Equal(r.IsHard(), r.Words().Group is "bad_address" or "bad_domain"));
    }

    [Fact]
    public void No_octets_make_it_fail()
    {
        var random = new Random(3464);
        string[] pieces =
        [
            "From: MAILER-DAEMON@x\n", "Subject: failure notice\n", "Content-Type: message/delivery-status\n", "Final-Recipient: ", "rfc822;", "Action: failed\n", "Status: 5.", "\n", "\n\n", "<a@b.example>:", "@", "<", ">",
            "550 5.1.1 ", "user unknown", "the following addresses:\n", "--- Below this line is a copy of", "Diagnostic-Code: smtp;", "\u0001", "\0", new string('@', 300), new string('<', 300),
        ];
        for (var i = 0; i < 2000; i++)
        {
            var mail = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => pieces[random.Next(pieces.Length)]));

            Assert.NotNull(JsonDocument.Parse(BounceExplanation.ToJson("x", Classify(mail))));
        }
    }

    [Fact]
    public void Real_bounces_name_their_recipients_and_real_mail_is_never_one()
    {
        var (right, all) = (0, 0);
        foreach (var (label, octets) in Corpus.Read("bounces"))
        {
            var verdict = BounceClassifier.Classify(MimeMessage.Parse(octets));
            var isBounce = verdict.Kind is ReturnedMailKind.Bounce or ReturnedMailKind.Delayed;
            if (!label.GetProperty("is_bounce").GetBoolean())
                Assert.False(isBounce, label.GetProperty("file").GetString());
            else if (label.GetProperty("recipients") is { ValueKind: JsonValueKind.Array } recipients && recipients.GetArrayLength() > 0)
                (right, all) = (right + (isBounce && IsExact(recipients, verdict) ? 1 : 0), all + 1);
        }

        Assert.InRange(right, all * 97 / 100, all);
        foreach (var (label, octets) in Corpus.Read("mime").Where(m => m.Label.GetProperty("is_bounce").ValueKind is JsonValueKind.False))
            Assert.False(BounceClassifier.Classify(MimeMessage.Parse(octets)).Kind is ReturnedMailKind.Bounce or ReturnedMailKind.Delayed, label.GetProperty("file").GetString());
    }

    private static bool IsExact(JsonElement recipients, BounceVerdict verdict)
    {
        var labels = recipients.EnumerateArray().Select(r => r.GetProperty("also").EnumerateArray().Prepend(r.GetProperty("address")).Select(a => a.GetString()!.ToLowerInvariant()).ToHashSet()).ToList();
        var named = verdict.Recipients.Select(r => r.Address.ToLowerInvariant()).ToList();
        return labels.All(l => l.Overlaps(named)) && named.All(n => labels.Any(l => l.Contains(n)));
    }

    private static BounceVerdict Classify(string mail) => BounceClassifier.Classify(MimeMessage.Parse(Encoding.UTF8.GetBytes(mail)));
}
