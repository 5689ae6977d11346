using System.Text;
using Modular.Mail.Mime;

namespace Modular.Mail.Tests.Mime;

public sealed class UuDecodingTests
{
    [Theory]
    [InlineData("begin 644 cat.txt\n#0V%T\n`\nend\n", "Cat")]
    [InlineData("begin 644 cat.txt\r\n#0V%T\r\n#0V%T\r\n \r\nend\r\n", "CatCat")]
    [InlineData("text before\nbegin 644 cat.txt\n#0V%T\nend\ntext behind\n", "Cat")]
    [InlineData("begin 644 cat.txt\n#0V%T", "Cat")]
    [InlineData("begin 644 cat.txt\n%0V%T\"@", "Cat\n\0")]
    [InlineData("no such line\n#0V%T\n", "no such line\n#0V%T\n")]
    [InlineData("", "")]
    public void What_stands_between_begin_and_end_is_decoded(string body, string expected)
    {
        var message = MimeMessage.Parse(Encoding.ASCII.GetBytes("Content-Transfer-Encoding: x-uuencode\n\n" + body));

        Assert.Equal(expected, Encoding.ASCII.GetString(message.Body.DecodeBody().Span));
    }

    [Fact]
    public void Lines_that_promise_more_than_they_hold_give_no_more_octets_than_came()
    {
        var body = Encoding.ASCII.GetBytes("begin 644 a\n" + string.Concat(Enumerable.Repeat("M\n", 100_000)));

        Assert.InRange(UuDecoding.Decode(body).Length, 0, body.Length);
    }
}
