using System.Buffers;
using Modular.Mail.Smtp.Server;

namespace Modular.Mail.Tests.Smtp;

public sealed class LineReaderTests
{
    [Fact]
    public void A_line_ends_in_crlf_however_the_network_cuts_it() => Assert.All(Wire.EverySplit("NOOP\r\nQUIT\r\n"), buffer =>
    {
        Assert.Equal(LineStatus.Complete, LineReader.TryRead(ref buffer, 512, out var first));
        Assert.Equal("NOOP", Wire.Text(first.ToArray()));
        Assert.Equal(LineStatus.Complete, LineReader.TryRead(ref buffer, 512, out var second));
        Assert.Equal("QUIT", Wire.Text(second.ToArray()));
        Assert.True(buffer.IsEmpty);
    });

    [Theory]
    [InlineData("NO\rOP\r\n")]
    [InlineData("NOOP\n")]
    [InlineData("\n")]
    [InlineData("NOOP\r\r\n")]
    [InlineData("NOOP\r\0\n")]
    public void A_cr_or_lf_alone_is_refused_however_the_network_cuts_it(string text) => Assert.All(Wire.EverySplit(text), buffer =>
    {
        var before = buffer.Length;
        Assert.Equal(LineStatus.BareCrOrLf, LineReader.TryRead(ref buffer, 512, out _));
        Assert.Equal(before, buffer.Length);
    });

    [Fact]
    public void Every_beginning_of_a_line_is_incomplete_and_consumes_nothing()
    {
        const string Line = "MAIL FROM:<a@b.example>\r\n";
        for (var length = 0; length < Line.Length; length++)
        {
            Assert.All(Wire.EverySplit(Line[..length]), buffer =>
            {
                var before = buffer.Length;
                Assert.Equal(LineStatus.Incomplete, LineReader.TryRead(ref buffer, 512, out _));
                Assert.Equal(before, buffer.Length);
            });
        }
    }

    [Fact]
    public void The_limit_counts_the_line_end()
    {
        var longest = new ReadOnlySequence<byte>(Wire.Bytes(new string('x', 510) + "\r\n"));
        Assert.Equal(LineStatus.Complete, LineReader.TryRead(ref longest, 512, out var line));
        Assert.Equal(510, line.Length);

        var longer = new ReadOnlySequence<byte>(Wire.Bytes(new string('x', 511) + "\r\nNOOP\r\n"));
        Assert.Equal(LineStatus.TooLong, LineReader.TryRead(ref longer, 512, out _));
        Assert.Equal(LineStatus.Complete, LineReader.TryRead(ref longer, 512, out _));

        var endless = new ReadOnlySequence<byte>(Wire.Bytes(new string('x', 511)));
        Assert.Equal(LineStatus.TooLong, LineReader.TryRead(ref endless, 512, out _));
        Assert.Equal(511, endless.Length);

        var almost = new ReadOnlySequence<byte>(Wire.Bytes(new string('x', 510) + "\r"));
        Assert.Equal(LineStatus.Incomplete, LineReader.TryRead(ref almost, 512, out _));
    }
}
