using Modular.Mail.Smtp;
using Modular.Mail.Smtp.Server;

namespace Modular.Mail.Tests.Smtp;

public sealed class ChunkReaderTests
{
    [Theory]
    [InlineData("a\r\nb\r\n", "a\r\nb\r\n")]
    [InlineData("", "")]
    [InlineData("a", "a\r\n")]
    [InlineData(".\r\n..\r\n", ".\r\n..\r\n")]
    [InlineData("a\nb", "a\r\nb\r\n")]
    [InlineData("a\rb", "a\r\nb\r\n")]
    [InlineData("a\r", "a\r\n")]
    [InlineData("a\r\r\nb\r\n", "a\r\nb\r\n")]
    [InlineData("\n\n.\n\n", "\r\n\r\n.\r\n\r\n")]
    public void Chunks_are_made_of_whole_lines_however_they_are_cut(string text, string expected)
    {
        for (var cut = 0; cut <= text.Length; cut++)
            Assert.Equal(expected, Read(BareLineEnds.Normalise, text[..cut], text[cut..]).Text);
    }

    [Theory]
    [InlineData("a\r\nb\r\n", false)]
    [InlineData("a\nb", true)]
    [InlineData("a\rb", true)]
    [InlineData("a\r", true)]
    [InlineData("a\r\r\nb", true)]
    [InlineData("a\r\n\nb", true)]
    public void Where_line_ends_must_be_right_a_wrong_one_is_seen(string text, bool isBare)
    {
        for (var cut = 0; cut <= text.Length; cut++)
            Assert.Equal(isBare, Read(BareLineEnds.Refuse, text[..cut], text[cut..]).IsBare);
    }

    [Fact]
    public void Noise_comes_out_in_strict_lines()
    {
        var random = new Random(7);
        for (var run = 0; run < 20_000; run++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => "\r\n.ax"[random.Next(5)]));
            var cut = random.Next(text.Length + 1);
            var (read, _) = Read(BareLineEnds.Normalise, text[..cut], text[cut..]);
            Assert.True(LineEnds.AreStrict(Wire.Bytes(read)), $"run {run}");
            Assert.Equal(text.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal), read.Replace("\r\n", "", StringComparison.Ordinal));
        }
    }

    private static (string Text, bool IsBare) Read(BareLineEnds mode, params string[] chunks)
    {
        using var message = new MessageBuffer(1000, new MemoryBudget(long.MaxValue));
        var reader = new ChunkReader(mode);
        foreach (var chunk in chunks)
            reader.Read(Wire.Bytes(chunk), message);
        reader.End(message);
        return (Wire.Text(message.Content.Span), reader.HasBareLineEnd);
    }
}
