using System.Buffers;
using System.Text;
using Modular.Mail.Mime;
using Modular.Mail.Reports;
using Modular.Mail.Smtp;

namespace Modular.Mail.Tests.Reports;

public sealed class DeliveryReportTests
{
    private const string OriginalHeader = "From: news@acme.example\r\nTo: ann@example.org\r\nSubject: Sale\r\nMessage-ID: <1@acme.example>\r\n";

    private static readonly DateTimeOffset Now = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    private static readonly ReportHeader Header = new()
    {
        From = MailboxAddress.Create("mailer-daemon@mx.example.org", HeaderText.Create("Mail Delivery System")),
        To = MailboxAddress.Create("b123@bounces.acme.example"),
        Date = Now,
        MessageId = MessageId.Create("dsn.1@mx.example.org"),
    };

    private static readonly DeliveryReport Report = new()
    {
        ReportingMta = HeaderText.Create("mx.example.org"),
        OriginalEnvelopeId = HeaderText.Create("c1-r7"),
        ArrivedAt = Now.AddMinutes(-1),
        Recipients =
        [
            new RecipientReport
            {
                FinalRecipient = HeaderText.Create("ann+bounce-5.1.1@example.org"),
                OriginalRecipient = HeaderText.Create("ann@example.org"),
                Action = DeliveryAction.Failed,
                Status = EnhancedStatus.Parse("5.1.1"),
                RemoteMta = HeaderText.Create("mail.example.org"),
                DiagnosticCode = HeaderText.Create("550 5.1.1 <ann@example.org>: Recipient address rejected: User unknown in virtual mailbox table"),
                LastAttemptAt = Now,
            },
            new RecipientReport { FinalRecipient = HeaderText.Create("δοκιμή@example.org"), Action = DeliveryAction.Delayed, Status = EnhancedStatus.Parse("4.2.2"), WillRetryUntil = Now.AddDays(2) },
        ],
    };

    [Fact]
    public void What_was_written_is_read_back()
    {
        var message = MimeMessage.Parse(Write(Report));

        var read = DeliveryReportReader.Read(message);

        Assert.NotNull(read);
        Assert.Equal(Report with { Recipients = [] }, read with { Recipients = [] });
        Assert.Equal(Report.Recipients, read.Recipients);
        Assert.Equal("1@acme.example", ReportParts.OriginalHeaders(message)!.Find("Message-ID")!.Value.Value.Trim('<', '>'));
    }

    [Fact]
    public void A_report_is_what_the_standards_ask_for()
    {
        var octets = Write(Report);
        var text = Encoding.ASCII.GetString(octets);
        var message = MimeMessage.Parse(octets);

        Assert.Equal("""["multipart/report",["text/plain"],["message/delivery-status"],["text/rfc822-headers"]]""", Structure(octets));
        Assert.Equal("delivery-status", message.Body.ContentType["report-type"]);
        Assert.Equal("auto-replied", message.Headers["Auto-Submitted"]);
        Assert.Equal("b123@bounces.acme.example", Assert.Single(message.To).Address);
        Assert.True(Ascii.IsValid(octets));
        Assert.All(text.Split("\r\n"), line => Assert.InRange(line.Length, 0, 998));
        Assert.DoesNotContain('\n', text.Replace("\r\n", "", StringComparison.Ordinal));
        Assert.Equal(octets, Write(Report));
    }

    [Fact]
    public void The_words_say_what_happened_to_whom()
    {
        var words = MimeMessage.Parse(Write(Report)).Body.Parts[0].DecodeText();

        Assert.Contains("<ann+bounce-5.1.1@example.org> could not be delivered (5.1.1)", words, StringComparison.Ordinal);
        Assert.Contains("User unknown in virtual mailbox table", words, StringComparison.Ordinal);
        Assert.Contains("<δοκιμή@example.org> has not been delivered yet (4.2.2)", words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Subject: \u00e4\r\n")]
    [InlineData("Subject: a\nX: bare\r\n")]
    public void An_original_header_that_is_not_mailable_is_encoded(string original)
    {
        var octets = Write(Report, original);

        Assert.True(Ascii.IsValid(octets));
        Assert.Equal(original.ReplaceLineEndings("\r\n"), MimeMessage.Parse(octets).Body.Parts[2].DecodeText().ReplaceLineEndings("\r\n"));
    }

    [Fact]
    public void The_body_of_the_original_is_left_out() =>
        Assert.DoesNotContain("secret", Encoding.ASCII.GetString(Write(Report, OriginalHeader + "\r\nsecret\r\n")), StringComparison.Ordinal);

    [Fact]
    public void A_report_without_recipients_or_status_is_not_written()
    {
        Assert.Throws<ArgumentException>(() => Write(Report with { Recipients = [] }));
        Assert.Throws<ArgumentException>(() => Write(Report with { Recipients = [Report.Recipients[0] with { Status = default }] }));
        Assert.Throws<ArgumentException>(() => Write(Report with { Recipients = [Report.Recipients[0] with { Action = null }] }));
    }

    [Theory]
    [InlineData("rfc822; ann@example.org", "ann@example.org")]
    [InlineData("RFC822;ann@example.org", "ann@example.org")]
    [InlineData("rfc822;<ann@example.org>", "ann@example.org")]
    [InlineData("ann@example.org", "ann@example.org")]
    [InlineData("rfc822;ann+2Btag+3Dx@example.org", "ann+tag=x@example.org")]
    [InlineData("rfc822;ann+20@example.org", "ann+20@example.org")]
    [InlineData("utf-8; \\x{3B4}oki@example.org", "δoki@example.org")]
    [InlineData("utf-8; δoki@example.org", "δoki@example.org")]
    [InlineData("utf-8; \\x{D800}\\x{}\\x{ZZ}@example.org", "\\x{D800}\\x{}\\x{ZZ}@example.org")]
    [InlineData("rfc822; Ann <ann@example.org>", "ann@example.org")]
    [InlineData("", "")]
    public void An_address_field_gives_its_address(string value, string expected) => Assert.Equal(expected, TypedText.ReadAddress(value));

    [Theory]
    [InlineData("failed", DeliveryAction.Failed)]
    [InlineData("Failed (bad destination mailbox address)", DeliveryAction.Failed)]
    [InlineData("failure", DeliveryAction.Failed)]
    [InlineData("delayed", DeliveryAction.Delayed)]
    [InlineData("delivered", DeliveryAction.Delivered)]
    [InlineData("relayed (to a system that does not confirm)", DeliveryAction.Relayed)]
    [InlineData("expanded", DeliveryAction.Expanded)]
    [InlineData("perhaps", null)]
    public void An_action_is_read_by_its_first_word(string value, DeliveryAction? expected) =>
        Assert.Equal(expected, ReadGroup($"Final-Recipient: rfc822; a@b.example\nAction: {value}\n").Recipients[0].Action);

    [Theory]
    [InlineData("5.1.1", "5.1.1")]
    [InlineData(" 5.1.1 (bad address)", "5.1.1")]
    [InlineData("5.1", null)]
    [InlineData("550", null)]
    public void A_status_is_read_with_a_comment_behind_it(string value, string? expected) =>
        Assert.Equal(expected is null ? default : EnhancedStatus.Parse(expected), ReadGroup($"Final-Recipient: rfc822; a@b.example\nStatus: {value}\n").Recipients[0].Status);

    [Fact]
    public void All_recipients_are_read_also_when_the_groups_are_run_together_by_odd_lines()
    {
        var report = ReadGroup("Reporting-MTA: dns; mx.example\n \t\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n\n\nOriginal-Recipient: rfc822; c@d.example\nAction: delayed\nStatus: 4.0.0\n");

        Assert.Equal("mx.example", report.ReportingMta.ToString());
        Assert.Equal(["a@b.example", ""], report.Recipients.Select(r => r.FinalRecipient.ToString()));
        Assert.Equal(["", "c@d.example"], report.Recipients.Select(r => r.OriginalRecipient.ToString()));
    }

    private static DeliveryReport ReadGroup(string body) =>
        DeliveryReportReader.Read(MimeMessage.Parse(Encoding.UTF8.GetBytes($"Content-Type: message/delivery-status\n\n{body}")))!;

    private static string Structure(byte[] octets) =>
        System.Text.Json.JsonSerializer.Serialize(System.Text.Json.JsonDocument.Parse(MimeInspection.ToJson("", MimeMessage.Parse(octets))).RootElement.GetProperty("structure"));

    private static byte[] Write(DeliveryReport report, string original = OriginalHeader)
    {
        var output = new ArrayBufferWriter<byte>();
        ReportWriter.Write(Header, report, Encoding.UTF8.GetBytes(original), output);
        return output.WrittenSpan.ToArray();
    }
}
