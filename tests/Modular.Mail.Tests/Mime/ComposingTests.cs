using System.Buffers;
using System.Text;
using Modular.Mail.Mime;

namespace Modular.Mail.Tests.Mime;

public sealed class ComposingTests
{
    private static readonly MessageFields Fields = new()
    {
        From = [MailboxAddress.Create("ann@example.org", HeaderText.Create("Ännchen, die Erste"))],
        To = [MailboxAddress.Create("bob@example.org"), MailboxAddress.Create("eve@example.org", HeaderText.Create("Eve"))],
        Subject = HeaderText.Create("Rechnung für März"),
        Date = new DateTimeOffset(2026, 3, 31, 12, 0, 0, TimeSpan.FromHours(2)),
        MessageId = MessageId.Create("1@example.org"),
    };

    [Fact]
    public void Text_html_an_image_and_a_file_nest_as_mail_programs_expect()
    {
        var body = new BodyBuilder
        {
            TextBody = "Hallo",
            HtmlBody = "<img src=\"cid:logo@example.org\">",
            LinkedResources = { File("logo.png", "image/png", "logo@example.org") },
            Attachments = { File("Rechnung_äöü_日本.pdf", "application/pdf") },
        }.ToMessageBody();

        var message = MimeMessage.Parse(Write(MimeMessage.Compose(Fields, body)));

        Assert.Equal(
            ["multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png", "application/pdf"],
            message.Body.Descend().Select(part => part.ContentType.MediaType));
        var leaves = message.Body.Leaves().ToList();
        Assert.Equal("Hallo", leaves[0].DecodeText());
        Assert.Equal(("inline", "logo@example.org"), (leaves[2].Disposition, leaves[2].ContentId));
        Assert.Equal(("attachment", "Rechnung_äöü_日本.pdf"), (leaves[3].Disposition, leaves[3].FileName));
        Assert.Equal(Content, leaves[3].DecodeBody().ToArray());
        Assert.Equal("Rechnung für März", message.Subject);
        Assert.Equal(["Ännchen, die Erste <ann@example.org>"], message.From.Select(m => m.ToString()));
        Assert.Equal(Fields.Date, message.Date);
    }

    [Theory]
    [InlineData("Hallo", null, false, "text/plain")]
    [InlineData(null, "<p>", false, "text/html")]
    [InlineData(null, null, false, "text/plain")]
    [InlineData("Hallo", "<p>", false, "multipart/alternative")]
    [InlineData("Hallo", null, true, "multipart/mixed")]
    public void No_multipart_stands_around_one_part(string? text, string? html, bool hasFile, string type)
    {
        var builder = new BodyBuilder { TextBody = text, HtmlBody = html };
        if (hasFile)
            builder.Attachments.Add(File("a.pdf", "application/pdf"));

        Assert.Equal(type, builder.ToMessageBody().ContentType.MediaType);
    }

    [Fact]
    public void A_linked_image_needs_an_id_and_html() =>
        Assert.All(
            [new BodyBuilder { HtmlBody = "<p>", LinkedResources = { File("a.png", "image/png") } }, new BodyBuilder { TextBody = "a", LinkedResources = { File("a.png", "image/png", "a@example.org") } }],
            builder => Assert.Throws<InvalidOperationException>(builder.ToMessageBody));

    [Fact]
    public void Composed_mail_is_seven_bit_in_lines_of_998_and_reads_back_whatever_is_in_it()
    {
        var random = new Random(2231);
        for (var i = 0; i < 200; i++)
        {
            var (text, html, name) = ("t" + RandomText.Next(random, 800), "h" + RandomText.Next(random, 800), HeaderText.Clean("f" + RandomText.Next(random, 200) + "f"));
            var builder = new BodyBuilder
            {
                TextBody = text,
                HtmlBody = html,
                Attachments = { File("", "application/pdf") with { FileName = name } },
            };

            var octets = Write(MimeMessage.Compose(Fields with { Subject = name }, builder.ToMessageBody()));

            Assert.True(Ascii.IsValid(octets));
            Assert.All(Encoding.ASCII.GetString(octets).Split("\r\n"), line => Assert.InRange(line.Length, 0, 998));
            var message = MimeMessage.Parse(octets);
            var leaves = message.Body.Leaves().ToList();
            Assert.Equal([text.ReplaceLineEndings("\r\n"), html.ReplaceLineEndings("\r\n")], leaves.Take(2).Select(leaf => leaf.DecodeText()));
            Assert.Equal(name.ToString(), leaves[2].FileName);
            Assert.Equal(name.ToString(), message.Subject);
        }
    }

    [Theory]
    [InlineData("a.pdf", "attachment; filename=a.pdf")]
    [InlineData("a b\"c.pdf", "attachment; filename=\"a b\\\"c.pdf\"")]
    [InlineData("ä'b.pdf", "attachment;\r\n filename*=UTF-8''%C3%A4%27b.pdf")]
    public void A_name_is_written_as_a_token_a_quoted_string_or_in_utf_8(string name, string value) =>
        Assert.Equal($"Content-Disposition: {value}\r\n", HeaderLine.Parameters("Content-Disposition", "attachment", ("filename", HeaderText.Create(name))).ToString());

    [Fact]
    public void A_long_name_goes_in_pieces_that_cut_no_character()
    {
        var line = HeaderLine.Parameters("Content-Disposition", "attachment", ("filename", HeaderText.Create(string.Concat(Enumerable.Repeat("日本", 20)) + ".pdf"))).ToString();

        Assert.Equal(
            """
            Content-Disposition: attachment;
             filename*0*=UTF-8''%E6%97%A5%E6%9C%AC%E6%97%A5%E6%9C%AC%E6%97%A5%E6%9C%AC;
            """.ReplaceLineEndings("\r\n"),
            string.Join("\r\n", line.Split("\r\n").Take(2)));
        Assert.All(line.Split("\r\n").Skip(1).SkipLast(1), piece => Assert.InRange(piece.Length, 1, 78));
        Assert.Contains(";\r\n filename*1*=%E6", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a/b/c")]
    [InlineData("text")]
    [InlineData("text/")]
    [InlineData("text/pl ain")]
    [InlineData("text/plain\r\nBcc: x@example.org")]
    [InlineData("")]
    public void No_media_type_starts_another_field(string type) => Assert.Throws<ArgumentException>(() => ContentType.Create(type));

    [Fact]
    public void No_value_of_a_field_or_parameter_starts_another_field()
    {
        Assert.Throws<ArgumentException>(() => HeaderLine.Parameters("Content-Disposition", "attachment\r\nBcc: x"));
        Assert.Throws<ArgumentException>(() => HeaderLine.Parameters("Content-Disposition", "attachment", ("file\r\nname", default)));
        Assert.Throws<ArgumentException>(() => HeaderLine.Parameters("Content\r\nX: y", "attachment"));
        foreach (var evil in new[] { "a\r\nBcc: x", "a\nb", "a\0b", "a\u0085b", "a\u2028Bcc: x", "%0d%0aBcc: x", "=?utf-8?q?=0D=0ABcc:?=" })
        {
            if (!HeaderText.TryCreate(evil, out var text))
                continue;
            var message = MimeMessage.Parse(Write(MimeMessage.Compose(Fields with { Subject = text, From = [MailboxAddress.Create("a@example.org", text)] }, MimePart.File(File("", "a/b") with { FileName = text }))));

            Assert.Equal(["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition"], message.Headers.Select(field => field.Name));
            Assert.Equal(evil, message.Subject);
            Assert.Equal(evil, message.Body.FileName);
        }
    }

    [Fact]
    public void The_same_parts_give_the_same_boundary_and_others_another()
    {
        var (one, again, other) = (MimePart.Multipart("mixed", MimePart.Text("a")), MimePart.Multipart("mixed", MimePart.Text("a")), MimePart.Multipart("mixed", MimePart.Text("b")));

        Assert.Equal(one.ContentType.Boundary, again.ContentType.Boundary);
        Assert.NotEqual(one.ContentType.Boundary, other.ContentType.Boundary);
        Assert.Throws<ArgumentException>(() => MimePart.Multipart("mixed"));
    }

    [Fact]
    public void Fields_stand_once_and_bcc_never()
    {
        var body = MimePart.Text("a");
        foreach (var name in new[] { "Bcc", "subject", "Content-Type", "Received" })
            Assert.Throws<ArgumentException>(() => MimeMessage.Compose(Fields with { Headers = [HeaderLine.Text(name, HeaderText.Create("x"))] }, body));
        Assert.Throws<ArgumentException>(() => MimeMessage.Compose(Fields with { From = [] }, body));
        Assert.Throws<ArgumentException>(() => MimeMessage.Compose(Fields with { From = Fields.To }, body));
        Assert.NotNull(MimeMessage.Compose(Fields with { From = Fields.To, Sender = Fields.To[0] }, body));
    }

    [Fact]
    public void A_message_is_attached_octet_for_octet()
    {
        var inner = Encoding.UTF8.GetBytes("subject:  Gr\u00fc\u00dfe \n\n  body without an end");

        var octets = Write(MimeMessage.Compose(Fields, MimePart.Multipart("mixed", MimePart.Text("see below"), MimePart.Attached(MimeMessage.Parse(inner)))));

        Assert.Equal(inner, MimeMessage.Parse(octets).Body.Parts[1].RawBody.ToArray());
    }

    [Fact]
    public void Mail_that_is_not_changed_is_written_as_it_came()
    {
        foreach (var (label, octets) in Corpus.Read("mime"))
        {
            var written = Write(MimeMessage.Parse(octets));

            // All but an mbox line and a byte order mark in front.
            Assert.True(octets.AsSpan().EndsWith(written), label.GetProperty("file").GetString());
            Assert.True(octets.AsSpan(0, octets.Length - written.Length) is var front && (front.IsEmpty || front.StartsWith("From "u8) || front.StartsWith("\uFEFF"u8)));
        }
    }

    [Fact]
    public void A_changed_field_changes_no_other_octet()
    {
        const string Mail = "Received:  a\nsubject :x\n y\nSubject: z\nX: \t\n\nbody\n--\n";
        var message = MimeMessage.Parse(Encoding.ASCII.GetBytes(Mail));

        var changed = message.With(message.Headers.With(HeaderLine.Text("Subject", HeaderText.Create("new"))).Prepend(HeaderLine.Text("X-Seen", HeaderText.Create("yes"))).Without("x"));

        Assert.Equal("X-Seen: yes\r\nReceived:  a\nSubject: new\r\n\r\nbody\n--\n", Encoding.ASCII.GetString(Write(changed)));
        Assert.Equal(Mail, Encoding.ASCII.GetString(Write(message)));
    }

    private static readonly byte[] Content = [.. Enumerable.Range(0, 300).Select(i => (byte)i)];

    private static Attachment File(string name, string type, string? id = null) => new()
    {
        FileName = HeaderText.Create(name),
        ContentType = ContentType.Create(type),
        Content = Content,
        ContentId = id is null ? null : MessageId.Create(id),
    };

    private static byte[] Write(MimeMessage message)
    {
        var output = new ArrayBufferWriter<byte>();
        message.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }
}
