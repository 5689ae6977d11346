using System.Text;
using Modular.Mail.Mime;
using Modular.Mail.Reports;

namespace Modular.Mail.Tests.Mime;

/// <summary>Two megabytes of what costs a quadratic reader hours. Nothing is timed: a reader that is not linear never comes back.</summary>
public sealed class HostileMailTests
{
    private const int Chars = 2_000_000;

    [Theory]
    [InlineData("=?")]
    [InlineData("=?utf-8?q?")]
    [InlineData("=?utf-8?q?a?= ")]
    [InlineData("=?a?b?=")]
    [InlineData("?=")]
    public void Text_full_of_encoded_words_and_pieces_of_them_is_decoded(string piece) => Assert.NotNull(EncodedWordReader.Decode(Repeat(piece)));

    [Theory]
    [InlineData("(")]
    [InlineData("<")]
    [InlineData("\"")]
    [InlineData("@:")]
    [InlineData("a:")]
    [InlineData("a@b.example,")]
    [InlineData(",")]
    [InlineData("\\")]
    public void An_endless_address_list_is_read(string piece) => Assert.InRange(AddressList.Parse(Repeat(piece)).Count, 0, 1000);

    [Theory]
    [InlineData("; a=")]
    [InlineData(";a*0*=%")]
    [InlineData("\"")]
    [InlineData(";")]
    public void An_endless_parameter_list_is_read(string piece) => Assert.NotNull(ContentType.Parse("text/plain" + Repeat(piece)));

    [Theory]
    [InlineData("--b\r\n")]
    [InlineData("--b\r\n\r\n")]
    [InlineData("--")]
    [InlineData("\r\n--")]
    [InlineData("--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n")]
    [InlineData("--b\r\nContent-Type: message/rfc822\r\n\r\n")]
    [InlineData("a: b\r\n")]
    [InlineData("\r\n")]
    [InlineData(" ")]
    public void A_mail_made_of_delimiters_or_fields_is_parsed(string piece)
    {
        var octets = Encoding.ASCII.GetBytes("Content-Type: multipart/mixed; boundary=b\r\n\r\n" + Repeat(piece));

        Assert.InRange(MimeMessage.Parse(octets).Body.Descend().Count(), 1, 1000);
    }

    [Theory]
    [InlineData("<a@b.example>: 550 ")]
    [InlineData("<a@b.example>:\n")]
    [InlineData("Final-Recipient: rfc822; a@b.example\n\n")]
    [InlineData("a@")]
    [InlineData("550 5.1.1 user ")]
    [InlineData("<p ")]
    public void A_report_made_of_recipients_is_classified(string piece)
    {
        foreach (var type in new[] { "text/plain", "text/html", "message/delivery-status" })
        {
            var octets = Encoding.ASCII.GetBytes($"From: MAILER-DAEMON@x.example\nSubject: failure notice\nContent-Type: {type}\n\n" + Repeat(piece));

            Assert.InRange(BounceClassifier.Classify(MimeMessage.Parse(octets)).Recipients.Count, 0, 1000);
        }
    }

    private static string Repeat(string piece) => new StringBuilder(Chars).Insert(0, piece, Chars / piece.Length).ToString();
}
