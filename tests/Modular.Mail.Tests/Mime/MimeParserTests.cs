using System.Buffers;
using System.Text;
using System.Text.Json;
using Modular.Mail.Mime;

namespace Modular.Mail.Tests.Mime;

public sealed class MimeParserTests
{
    [Theory]
    [InlineData("Subject: a\r\nTo: b\r\n\r\nbody", "Subject=a;To=b", "body")]
    [InlineData("Subject: a\nTo: b\n\nbody\n", "Subject=a;To=b", "body\n")]
    [InlineData("Subject: a\rTo: b\r\rbody", "Subject=a;To=b", "body")]
    [InlineData("Subject: a\r\n b\r\n\tc\r\n\r\n", "Subject=a b c", "")]
    [InlineData("Subject:a\r\n\r\n", "Subject=a", "")]
    [InlineData("Subject : a\r\n\r\n", "Subject=a", "")]
    [InlineData("Subject:\r\n a\r\n\r\n", "Subject=a", "")]
    [InlineData("Subject: a\r\n \r\n b\r\nTo: c\r\n\r\nbody", "Subject=a  b;To=c", "body")]
    [InlineData("Subject: a\r\nno field here\r\n\r\nbody", "Subject=a", "no field here\r\n\r\nbody")]
    [InlineData("Subject: a\r\nno field here\r\nTo: b\r\n\r\nbody", "Subject=a;To=b", "body")]
    [InlineData("Subject: a\r\nInval\u00efd: x\r\nTo: b\r\n\r\nbody", "Subject=a;To=b", "body")]
    [InlineData("\tb=c;\r\n\td=e\r\nSubject: a\r\n\r\nbody", "Subject=a", "body")]
    [InlineData("  indented\r\ntext\r\n", "", "  indented\r\ntext\r\n")]
    [InlineData("Subject: a\r\nFrom ann\r\n Mon Jan 1\r\nTo: b\r\n\r\nbody", "Subject=a;To=b", "body")]
    [InlineData("From ann Mon Jan  1 00:00:00 2026\nSubject: a\n\nbody", "Subject=a", "body")]
    [InlineData(">From ann Mon Jan  1 00:00:00 2026\nSubject: a\n\nbody", "Subject=a", "body")]
    [InlineData("\uFEFFSubject: a\n\nbody", "Subject=a", "body")]
    [InlineData("\r\nbody", "", "body")]
    [InlineData("", "", "")]
    [InlineData("Subject: a", "Subject=a", "")]
    [InlineData("no header at all", "", "no header at all")]
    public void Fields_and_body_are_told_apart(string text, string fields, string body)
    {
        var message = Parse(text);

        Assert.Equal(fields, string.Join(';', message.Headers.Select(f => $"{f.Name}={f.Value}")));
        Assert.Equal(body, Encoding.UTF8.GetString(message.Body.RawBody.Span));
    }

    [Theory]
    [InlineData("--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n", "one", "two")]
    [InlineData("preamble\r\n--b\r\n\r\none\r\n--b--\r\nepilogue\r\n--b\r\n\r\nnot a part\r\n", "one")]
    [InlineData("--b\r\n\r\none\r\n\r\n--b \t\r\n\r\ntwo", "one\r\n", "two")]
    [InlineData("--b\n\none\n--b\n\ntwo\n--b--", "one", "two")]
    [InlineData("--b\r\n\r\n--bx\r\n--b--x\r\n-b\r\n--b--", "--bx\r\n--b--x\r\n-b")]
    [InlineData("--b\r\nSubject: header only\r\n--b--", "")]
    [InlineData("--b\r\n--b\r\n\r\none\r\n--b--", "one")]
    [InlineData("no delimiter at all")]
    [InlineData("")]
    public void A_multipart_is_split_at_its_delimiters(string body, params string[] parts)
    {
        var message = Parse($"Content-Type: multipart/mixed; boundary=b\r\n\r\n{body}");

        Assert.Equal(parts, message.Body.Parts.Select(p => Encoding.UTF8.GetString(p.RawBody.Span)));
        Assert.Equal(body, Encoding.UTF8.GetString(message.Body.RawBody.Span));
    }

    [Fact]
    public void A_part_that_is_never_closed_ends_where_an_outer_one_goes_on()
    {
        var message = Parse(
            """
            Content-Type: multipart/mixed; boundary=outer

            --outer
            Content-Type: multipart/alternative; boundary=inner

            --inner

            one
            --outer

            two
            --outer--
            """);

        Assert.Equal("""["multipart/mixed",["multipart/alternative",["text/plain"]],["text/plain"]]""", Structure(message));
    }

    [Fact]
    public void An_attached_message_is_a_message()
    {
        var message = Parse(
            """
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: message/rfc822

            Subject: inner
            Content-Type: multipart/mixed; boundary=c

            --c
            Content-Type: text/html

            <p>
            --b--
            """);

        Assert.Equal("inner", message.Body.Parts[0].Message!.Subject);
        Assert.Equal("""["multipart/mixed",["message/rfc822",["multipart/mixed",["text/html"]]]]""", Structure(message));
        Assert.Equal("<p>", Assert.Single(message.Body.Leaves()).DecodeText());
    }

    [Fact]
    public void The_parts_of_a_digest_are_messages() =>
        Assert.Equal("""["multipart/digest",["message/rfc822",["text/plain"]]]""", Structure(Parse("Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\ny\n--b--")));

    [Theory]
    [InlineData("iso-8859-1", "quoted-printable", "=E4", "ä")]
    [InlineData("windows-1251", "base64", "z/Do4uXy", "Привет")]
    [InlineData("shift_jis", "8bit", "", "")]
    [InlineData("utf-7", "7bit", "plain", "plain")]
    [InlineData("no-such-charset", "quoted-printable", "=C3=A4", "ä")]
    [InlineData("us-ascii", "quoted-printable", "=E4", "ä")]
    [InlineData("utf-8", "QUOTED-PRINTABLE ", "=C3=A4", "ä")]
    [InlineData("utf-8", "x-unknown", "=C3=A4", "=C3=A4")]
    public void Text_is_decoded_by_its_encoding_and_character_set(string charset, string encoding, string body, string expected) =>
        Assert.Equal(expected, Parse($"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}").Body.DecodeText());

    [Fact]
    public void Main_fields_are_decoded()
    {
        var message = Parse("From: =?utf-8?q?=C3=84nne?= <a@example.org>\r\nTo: b@example.org\r\nTo: c@example.org\r\nMessage-ID: <1@example.org>\r\nDate: Thu, 01 Jan 2026 10:00:00 +0100\r\nSubject: Gr\u00fc\u00dfe\r\n\r\n");

        Assert.Equal("Änne <a@example.org>", Assert.Single(message.From).ToString());
        Assert.Equal(["b@example.org", "c@example.org"], message.To.Select(m => m.Address));
        Assert.Equal("1@example.org", message.MessageId);
        Assert.Equal("Grüße", message.Subject);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 10, 0, 0, TimeSpan.FromHours(1)), message.Date);
        Assert.Null(Parse("").Subject);
        Assert.Null(Parse("Date: soon\r\n\r\n").Date);
    }

    [Fact]
    public void A_name_with_a_line_break_in_it_gives_a_mailbox_without()
    {
        var mailbox = Assert.Single(Parse("From: =?utf-8?q?Ann=0D=0ABcc=3A_x?= <a@example.org>\r\n\r\n").From);

        Assert.Equal("Ann  Bcc: x", mailbox.Name.ToString());
    }

    [Theory]
    [InlineData(50, false)]
    [InlineData(51, true)]
    public void Multiparts_have_a_depth(int depth, bool isTruncated)
    {
        var text = string.Concat(Enumerable.Range(0, depth).Select(i => $"Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n"));

        Assert.Equal(isTruncated, Parse(text + "\r\nleaf").IsTruncated);
    }

    [Fact]
    public void Attached_messages_parts_fields_and_headers_are_bounded()
    {
        var nested = Parse(string.Concat(Enumerable.Repeat("Content-Type: message/rfc822\r\n\r\n", 10_000)));
        var many = Parse("Content-Type: multipart/mixed; boundary=b\r\n\r\n" + string.Concat(Enumerable.Repeat("--b\r\n\r\nx\r\n", 100_000)));
        var fields = Parse(string.Concat(Enumerable.Repeat("X: y\r\n", 2_000)) + "\r\nbody");
        var header = Parse("X: " + new string('y', 300_000) + "\r\nSubject: a\r\n\r\nbody");

        Assert.Equal(10, nested.Body.Message is null ? 0 : Depth(nested));
        Assert.Equal(999, many.Body.Parts.Count);
        Assert.True(many.IsTruncated);
        Assert.Equal(1000, fields.Headers.Count);
        Assert.True(fields.IsTruncated);
        Assert.Equal("body", Encoding.UTF8.GetString(fields.Body.RawBody.Span));
        Assert.True(header.IsTruncated);
        Assert.Equal("a", header.Subject);

        static int Depth(MimeMessage message) => message.Body.Message is { } inner ? 1 + Depth(inner) : 0;
    }

    [Fact]
    public void No_octets_make_it_fail()
    {
        var random = new Random(822);
        string[] pieces =
        [
            "Content-Type: multipart/mixed; boundary=b", "Content-Type: message/rfc822", "Content-Transfer-Encoding: base64", "\r\n", "\n", "\r\n\r\n", "--b", "--b--", "--", ":", " ", "\t",
            "From ", "From: \"a", "To: <", "(", "=?utf-8?q?", "?=", "Date: ", ";", "name*0*=", "Content-Disposition: attachment; filename*1=", "Subject", "\0", "\u00e9", "%", "=",
        ];
        for (var i = 0; i < 5000; i++)
        {
            var octets = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => pieces[random.Next(pieces.Length)])));

            var json = MimeInspection.ToJson("x", MimeMessage.Parse(octets));

            Assert.NotNull(JsonDocument.Parse(json));
        }
    }

    [Fact]
    public void Octets_in_segments_are_the_same_octets()
    {
        var octets = Encoding.ASCII.GetBytes("Subject: a\r\n\r\nbody");
        var first = new Segment(octets.AsMemory(0, 7));
        var last = first.Append(octets.AsMemory(7));

        var message = MimeMessage.Parse(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length));

        Assert.Equal("a", message.Subject);
        Assert.Equal("body", message.Body.DecodeText());
    }

    [Fact]
    public void What_the_writer_wrote_is_read_back()
    {
        var random = new Random(2046);
        var writer = new MimeWriter(new MimeTemplate { From = MailboxAddress.Create("news@acme.example", HeaderText.Create("Acme")) });
        for (var i = 0; i < 300; i++)
        {
            var (text, html) = ("t" + RandomText.Next(random, 500).ReplaceLineEndings("\r\n"), "h" + RandomText.Next(random, 1500).ReplaceLineEndings("\r\n"));
            var output = new ArrayBufferWriter<byte>();
            writer.Write(
                new MimeContent
                {
                    To = MailboxAddress.Create("ann@example.org"),
                    Subject = default,
                    Date = DateTimeOffset.UnixEpoch,
                    MessageId = MessageId.Create($"{i}@acme.example"),
                    Text = Encoding.UTF8.GetBytes(text),
                    Html = Encoding.UTF8.GetBytes(html),
                },
                output);

            var message = MimeMessage.Parse(output.WrittenMemory);

            Assert.Equal($"{i}@acme.example", message.MessageId);
            Assert.Equal([("text/plain", text), ("text/html", html)], message.Body.Parts.Select(p => (p.ContentType.MediaType, p.DecodeText())));
        }
    }

    private static MimeMessage Parse(string text) => MimeMessage.Parse(Encoding.UTF8.GetBytes(text));

    private static string Structure(MimeMessage message) =>
        JsonSerializer.Serialize(JsonDocument.Parse(MimeInspection.ToJson("", message)).RootElement.GetProperty("structure"));

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
