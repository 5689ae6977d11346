using System.Buffers;
using System.Text;
using Modular.Mail.Mime;

namespace Modular.Mail.Tests.Mime;

public sealed class TransferDecodingTests
{
    [Theory]
    [InlineData("a=3Db", "a=b")]
    [InlineData("=c3=bc", "ü")]
    [InlineData("soft=\r\nbreak", "softbreak")]
    [InlineData("soft=\nbreak", "softbreak")]
    [InlineData("soft= \t\r\nbreak", "softbreak")]
    [InlineData("at the end=", "at the end")]
    [InlineData("at the end= ", "at the end")]
    [InlineData("no=ZZescape=", "no=ZZescape")]
    [InlineData("== =3", "== =3")]
    [InlineData("line\r\nend\n", "line\r\nend\n")]
    [InlineData("", "")]
    public void Quoted_printable_is_undone_and_what_is_broken_stays(string encoded, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(TransferDecoding.QuotedPrintable(Encoding.ASCII.GetBytes(encoded))));

    [Theory]
    [InlineData("SGVsbG8=", "Hello")]
    [InlineData("SGVs\r\nbG8=\r\n", "Hello")]
    [InlineData("SGVsbG8", "Hello")]
    [InlineData("S G-V*s!b#G8=", "Hello")]
    [InlineData("SGVsbG8=\r\n--\r\nlist footer", "Hello")]
    [InlineData("SGVsbG8s", "Hello,")]
    [InlineData("SGVsbG8sI", "Hello,")]
    [InlineData("=", "")]
    [InlineData("", "")]
    public void Base64_is_undone_whatever_lies_between(string encoded, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(TransferDecoding.Base64(Encoding.ASCII.GetBytes(encoded))));

    [Fact]
    public void What_was_encoded_is_decoded()
    {
        var random = new Random(4648);
        for (var i = 0; i < 500; i++)
        {
            var octets = new byte[random.Next(400)];
            random.NextBytes(octets);
            var base64 = new ArrayBufferWriter<byte>();
            Base64Lines.Encode(octets, base64);
            Assert.Equal(octets, TransferDecoding.Base64(base64.WrittenSpan));

            var text = RandomText.Next(random, 200).ReplaceLineEndings("\r\n");
            var printable = new ArrayBufferWriter<byte>();
            QuotedPrintable.Encode(Encoding.UTF8.GetBytes(text), printable);
            Assert.Equal(text, Encoding.UTF8.GetString(TransferDecoding.QuotedPrintable(printable.WrittenSpan)));
        }
    }
}
