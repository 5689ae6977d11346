using System.Buffers;
using System.Text;
using System.Text.Json;
using Modular.Mail.Mime;
using Modular.Mail.Reports;

namespace Modular.Mail.Tests.Reports;

public sealed class FeedbackReportTests
{
    private const string Original = "From: news@acme.example\r\nTo: ann@example.org\r\nSubject: Sale\r\nMessage-ID: <1@acme.example>\r\n\r\nbody\r\n";

    private static readonly FeedbackReport Report = new()
    {
        Type = FeedbackType.Abuse,
        UserAgent = HeaderText.Create("Capture/1.0"),
        OriginalMailFrom = HeaderText.Create("b123@bounces.acme.example"),
        OriginalRcptTo = [HeaderText.Create("ann@example.org")],
        SourceIp = HeaderText.Create("192.0.2.1"),
        ReportingMta = HeaderText.Create("mx.example.org"),
        ReportedDomain = HeaderText.Create("acme.example"),
        ArrivedAt = new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero),
    };

    [Fact]
    public void What_was_written_is_read_back()
    {
        var message = MimeMessage.Parse(Write(Original));

        var read = FeedbackReportReader.Read(message);

        Assert.NotNull(read);
        Assert.Equal(Report.OriginalRcptTo, read.OriginalRcptTo);
        Assert.Equal("abuse", read.Fields["Feedback-Type"]);
        Assert.Equal(Report with { OriginalRcptTo = [], RemovalRecipients = [] }, read with { OriginalRcptTo = [], RemovalRecipients = [], Fields = HeaderList.Empty });
        Assert.Equal("Sale", FeedbackReportReader.ReportedHeaders(message)!["Subject"]);
        Assert.Equal("feedback-report", message.Body.ContentType["report-type"]);
        Assert.Equal("message/rfc822", message.Body.Parts[2].ContentType.MediaType);
    }

    [Theory]
    [InlineData("Subject: Sale\r\n\r\nb\u00f6dy\r\n")]
    [InlineData("Subject: Sale\r\n")]
    public void A_mail_that_cannot_be_attached_is_reported_by_its_header(string original)
    {
        var message = MimeMessage.Parse(Write(original));

        Assert.Equal("text/rfc822-headers", message.Body.Parts[2].ContentType.MediaType);
        Assert.Equal("Sale", FeedbackReportReader.ReportedHeaders(message)!["Subject"]);
    }

    [Theory]
    [InlineData("abuse", FeedbackType.Abuse, true)]
    [InlineData("Fraud", FeedbackType.Fraud, true)]
    [InlineData("virus", FeedbackType.Virus, true)]
    [InlineData("opt-out", FeedbackType.OptOut, true)]
    [InlineData("not-spam", FeedbackType.NotSpam, false)]
    [InlineData("auth-failure", FeedbackType.AuthFailure, false)]
    [InlineData("other", FeedbackType.Other, false)]
    [InlineData("something-new", FeedbackType.Other, false)]
    public void Only_some_types_are_complaints(string word, FeedbackType type, bool isComplaint)
    {
        var report = FeedbackReportReader.Read(MimeMessage.Parse(Encoding.ASCII.GetBytes($"Content-Type: message/feedback-report\n\nFeedback-Type: {word}\nVersion: 1\n")));

        Assert.Equal(type, report!.Type);
        Assert.Equal(isComplaint, report.IsComplaint);
    }

    [Fact]
    public void An_ordinary_mail_is_no_report() => Assert.Null(FeedbackReportReader.Read(MimeMessage.Parse(Encoding.ASCII.GetBytes(Original))));

    [Fact]
    public void A_report_without_a_user_agent_is_not_written() =>
        Assert.Throws<ArgumentException>(() => ReportWriter.Write(Header(), Report with { UserAgent = default }, Encoding.ASCII.GetBytes(Original), new ArrayBufferWriter<byte>()));

    [Fact]
    public void Real_reports_give_what_two_readers_find_in_them()
    {
        var wrong = new List<string>();
        foreach (var (label, octets) in Corpus.Read("arf").Where(m => m.Label.GetProperty("format").GetString() is "rfc5965"))
        {
            var message = MimeMessage.Parse(octets);
            var read = FeedbackReportReader.Read(message);
            var report = label.GetProperty("report");
            var file = label.GetProperty("file").GetString();
            if (read is null)
            {
                wrong.Add($"{file}: not read");
                continue;
            }

            Check(file, "source_ip", Value(report, "source_ip"), read.SourceIp.ToString());
            Check(file, "original_mail_from", Value(report, "original_mail_from")?.Trim('<', '>'), read.OriginalMailFrom.ToString());
            Check(file, "user_agent", Value(report, "user_agent"), read.UserAgent.ToString());
            Check(file, "spam", label.GetProperty("is_spam_report").GetBoolean() ? "complaint" : null, read.IsComplaint ? "complaint" : "");
            Check(file, "message_id", Value(label.GetProperty("original"), "message_id")?.Trim('<', '>'), FeedbackReportReader.ReportedHeaders(message)?.Find("Message-ID")?.Value.Trim('<', '>'));
        }

        Assert.Empty(wrong);

        void Check(string? file, string what, string? expected, string? actual)
        {
            if (expected is not null && expected != actual)
                wrong.Add($"{file}: {what} {expected} <> {actual}");
        }

        static string? Value(JsonElement element, string name) =>
            element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
    }

    private static ReportHeader Header() => new()
    {
        From = MailboxAddress.Create("fbl@mx.example.org"),
        To = MailboxAddress.Create("fbl@acme.example"),
        Date = DateTimeOffset.UnixEpoch,
        MessageId = MessageId.Create("arf.1@mx.example.org"),
    };

    private static byte[] Write(string original)
    {
        var output = new ArrayBufferWriter<byte>();
        ReportWriter.Write(Header(), Report, Encoding.UTF8.GetBytes(original), output);
        return output.WrittenSpan.ToArray();
    }
}
