using System.Buffers;
using System.Text;
using Modular.Mail.Mime;

namespace Modular.Mail.Tests.Mime;

public sealed class MimeWriterTests
{
    private static readonly DateTimeOffset SentAt = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    private static readonly MimeTemplate Template = new()
    {
        From = MailboxAddress.Create("news@acme.example", HeaderText.Create("Acme Über News")),
        ReplyTo = MailboxAddress.Create("office@acme.example"),
        Headers =
        [
            HeaderLine.Structured("List-Unsubscribe-Post", HeaderText.Create("List-Unsubscribe=One-Click")),
            HeaderLine.Structured("Feedback-ID", HeaderText.Create("c1:t1:campaign:acme")),
        ],
    };

    [Fact]
    public void A_message_is_fields_an_empty_line_and_two_alternatives()
    {
        var (text, layout) = Write("Hello\n", "<p>Hällo</p>\n");

        Assert.Equal(
            """
            From: =?utf-8?q?Acme_=C3=9Cber_News?= <news@acme.example>
            To: Ann <ann@example.org>
            Subject: Hello Ann
            Date: Sun, 22 Nov 2026 08:00:00 +0000
            Message-ID: <42.7@acme.example>
            List-Unsubscribe: <https://acme.example/u/7>
            Reply-To: office@acme.example
            List-Unsubscribe-Post: List-Unsubscribe=One-Click
            Feedback-ID: c1:t1:campaign:acme
            MIME-Version: 1.0
            Content-Type: multipart/alternative;
             boundary="=_9fa2f001979d12c2f521c48d4d000cd5"

            --=_9fa2f001979d12c2f521c48d4d000cd5
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            Hello

            --=_9fa2f001979d12c2f521c48d4d000cd5
            Content-Type: text/html; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            <p>H=C3=A4llo</p>

            --=_9fa2f001979d12c2f521c48d4d000cd5--

            """.ReplaceLineEndings("\r\n"),
            text);
        Assert.Equal(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 2, layout.HeaderBytes);
        Assert.Equal(text.Length - layout.BodyStart, layout.BodyBytes);
    }

    [Theory]
    [InlineData("Hello", "", "text/plain; charset=utf-8", "Hello\r\n")]
    [InlineData("", "<p>Hello</p>", "text/html; charset=utf-8", "<p>Hello</p>\r\n")]
    [InlineData("Hello\n", "", "text/plain; charset=utf-8", "Hello\r\n")]
    public void One_body_alone_needs_no_multipart(string text, string html, string type, string body)
    {
        var (message, layout) = Write(text, html);

        Assert.Contains($"Content-Type: {type}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", message, StringComparison.Ordinal);
        Assert.Equal(body, message[layout.BodyStart..]);
    }

    [Fact]
    public void Text_that_is_mostly_not_ascii_goes_in_base64_with_crlf()
    {
        var japanese = string.Concat(Enumerable.Repeat("これは長いお知らせです。\n", 40));

        var (message, layout) = Write(japanese, "");

        Assert.Contains("Content-Transfer-Encoding: base64", message, StringComparison.Ordinal);
        Assert.All(message.Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
        Assert.Equal(japanese.ReplaceLineEndings("\r\n"), Encoding.UTF8.GetString(Convert.FromBase64String(message[layout.BodyStart..])));
    }

    [Fact]
    public void The_same_content_gives_the_same_octets_and_another_message_id_another_boundary()
    {
        Assert.Equal(Write("a", "b").Text, Write("a", "b").Text);
        Assert.NotEqual(BoundaryOf(Write("a", "b").Text), BoundaryOf(Write("a", "b", "43.7@acme.example").Text));
    }

    [Theory]
    [InlineData("From")]
    [InlineData("subject")]
    [InlineData("Bcc")]
    [InlineData("Content-Type")]
    [InlineData("DKIM-Signature")]
    public void A_field_of_the_writer_s_own_cannot_be_added(string name)
    {
        var line = HeaderLine.Text(name, HeaderText.Create("x"));

        Assert.Throws<ArgumentException>(() => new MimeWriter(Template with { Headers = [line] }));
        Assert.Throws<ArgumentException>(() => new MimeWriter(Template).Write(
            new MimeContent
            {
                To = MailboxAddress.Create("ann@example.org"),
                Subject = default,
                Date = SentAt,
                MessageId = MessageId.Create("1@acme.example"),
                Headers = new[] { line },
            },
            new ArrayBufferWriter<byte>()));
    }

    [Fact]
    public void A_field_cannot_be_given_twice() =>
        Assert.Throws<ArgumentException>(() => new MimeWriter(Template with { Headers = [.. Template.Headers, .. Template.Headers] }));

    [Fact]
    public void No_octet_of_a_message_is_above_ascii_and_no_line_above_998()
    {
        var random = new Random(5322);
        for (var i = 0; i < 300; i++)
        {
            var (message, _) = Write(RandomText.Next(random, 2000), RandomText.Next(random, 3000), subject: RandomText.Next(random, 100));

            Assert.True(Ascii.IsValid(message));
            Assert.All(message.Split("\r\n"), line => Assert.InRange(line.Length, 0, 998));
            Assert.DoesNotContain('\n', message.Replace("\r\n", "", StringComparison.Ordinal));
        }
    }

    private static string BoundaryOf(string message) => message[message.IndexOf("=_", StringComparison.Ordinal)..][..34];

    private static (string Text, MimeLayout Layout) Write(string text, string html, string id = "42.7@acme.example", string subject = "Hello Ann")
    {
        var output = new ArrayBufferWriter<byte>();
        var layout = new MimeWriter(Template).Write(
            new MimeContent
            {
                To = MailboxAddress.Create("ann@example.org", HeaderText.Create("Ann")),
                Subject = HeaderText.Create(subject),
                Date = SentAt,
                MessageId = MessageId.Create(id),
                Headers = new[] { HeaderLine.Structured("List-Unsubscribe", HeaderText.Create("<https://acme.example/u/7>")) },
                Text = Encoding.UTF8.GetBytes(text),
                Html = Encoding.UTF8.GetBytes(html),
            },
            output);
        return (Encoding.Latin1.GetString(output.WrittenSpan), layout);
    }
}
