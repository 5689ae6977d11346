using System.Buffers;
using System.Text;
using Modular.Fuzz;
using Modular.Mail.Mime;

namespace Modular.Mail.Tests.Mime;

/// <summary>Messages in several segments, and what parsing costs in memory.</summary>
public sealed class MimeBlocksTests
{
    private const string Mail =
        """
        Received: from a.example
         by b.example
        Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
        Content-Type: multipart/mixed; boundary=outer

        --outer
        Content-Type: multipart/alternative; boundary="--"

        ----
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        Gr=C3=BC=C3=9Fe --outer
        ------
        --outer
        Content-Type: message/rfc822

        From: a@example.org

        --
        --outer--
        """;

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void A_message_reads_the_same_in_blocks_of_every_size(string lineEnd)
    {
        var octets = Encoding.UTF8.GetBytes(Mail.ReplaceLineEndings(lineEnd));
        var whole = MimeInspection.ToJson("", MimeMessage.Parse(octets));

        Assert.Contains("""["multipart/mixed",["multipart/alternative",["text/plain"]],["message/rfc822",["text/plain"]]]""", whole, StringComparison.Ordinal);
        for (var size = 1; size < octets.Length; size++)
            Assert.Equal(whole, MimeInspection.ToJson("", MimeMessage.Parse(Blocks.Of(octets, size))));
    }

    [Fact]
    public void A_message_in_blocks_is_written_as_it_came()
    {
        var octets = Encoding.UTF8.GetBytes(Mail);
        var output = new ArrayBufferWriter<byte>();

        MimeMessage.Parse(Blocks.Of(octets, 7)).WriteTo(output);

        Assert.Equal(octets, output.WrittenSpan);
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(64 * 1024)]
    public void An_attachment_of_thirty_megabytes_is_neither_copied_nor_decoded_before_somebody_asks(int blockBytes)
    {
        const int AttachedBytes = 30_000_000;
        const long MostBytes = 512 * 1024; // 700 blocks cost some; the attachment would cost 60 times as much
        var message = new ArrayBufferWriter<byte>(2 * AttachedBytes);
        MimeMessage.Compose(
            new MessageFields
            {
                From = [MailboxAddress.Create("ann@example.org")],
                Subject = HeaderText.Create("A large file"),
                Date = DateTimeOffset.UnixEpoch,
                MessageId = MessageId.Create("1@example.org"),
            },
            new BodyBuilder
            {
                TextBody = "See the file.",
                Attachments = { new Attachment { FileName = HeaderText.Create("large.bin"), ContentType = ContentType.Create("application/octet-stream"), Content = new byte[AttachedBytes] } },
            }.ToMessageBody()).WriteTo(message);
        var octets = Blocks.Of(message.WrittenMemory, blockBytes);
        MimeMessage.Parse(octets); // what is made once is made here
        var before = GC.GetAllocatedBytesForCurrentThread();

        var parsed = MimeMessage.Parse(octets);
        var name = parsed.Body.Parts[1].FileName;
        var text = parsed.Body.Parts[0].DecodeText();
        var cost = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(("large.bin", "See the file."), (name, text));
        Assert.InRange(cost, 0, MostBytes);
        Assert.Equal(AttachedBytes, parsed.Body.Parts[1].DecodeBody().Length);
    }

    [Fact]
    public void Delimiters_are_looked_for_up_to_a_bound_and_nothing_is_lost_behind_it()
    {
        var octets = Encoding.ASCII.GetBytes("Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n--b\n\nthree\n--b--\n");

        var message = MimeMessage.Parse(octets, new MimeLimits { TotalBytes = 60 });

        Assert.True(message.IsTruncated);
        Assert.Equal(["one", "two\n--b\n\nthree\n--b--\n"], message.Body.Parts.Select(part => Encoding.ASCII.GetString(part.RawBody.Span)));
    }
}
