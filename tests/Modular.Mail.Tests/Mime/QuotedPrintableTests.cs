using System.Buffers;
using System.Text;
using Modular.Mail.Mime;

namespace Modular.Mail.Tests.Mime;

public sealed class QuotedPrintableTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("a=b", "a=3Db")]
    [InlineData("é", "=C3=A9")]
    [InlineData("one\ntwo", "one\r\ntwo")]
    [InlineData("one\r\ntwo\r\n", "one\r\ntwo\r\n")]
    [InlineData("one \ntwo\t", "one=20\r\ntwo=09")]
    [InlineData("tab\tinside and blank inside", "tab\tinside and blank inside")]
    [InlineData("bare\rcr", "bare=0Dcr")]
    [InlineData("\0\u007f", "=00=7F")]
    [InlineData("\n\n", "\r\n\r\n")]
    [InlineData(".", "=2E")]
    [InlineData("a.\n.b", "a.\r\n=2Eb")]
    [InlineData("From here\nFromage\n From", "=46rom here\r\nFromage\r\n From")]
    public void Text_is_encoded_as_the_standard_says(string text, string expected) => Assert.Equal(expected, Encode(text));

    [Theory]
    [InlineData(76, 1)]
    [InlineData(77, 2)]
    [InlineData(151, 2)]
    [InlineData(152, 3)]
    public void A_line_of_76_needs_no_soft_break(int length, int lines) => Assert.Equal(lines, Encode(new string('x', length)).Split("\r\n").Length);

    [Fact]
    public void An_escape_is_never_split()
    {
        for (var length = 70; length < 80; length++)
        {
            foreach (var tail in new[] { "é", "é ", "=", " ", "==x", ".x" })
            {
                var text = new string('x', length) + tail;
                var encoded = Encode(text);

                Assert.All(encoded.Split("\r\n"), line => Assert.InRange(line.Length, 0, 76));
                Assert.Equal(text, DecodeSimply(encoded));
            }
        }
    }

    [Fact]
    public void Whatever_the_text_its_lines_are_short_and_it_decodes_to_itself()
    {
        var random = new Random(2045);
        for (var i = 0; i < 3000; i++)
        {
            var text = string.Join('\n', Enumerable.Range(0, random.Next(1, 6)).Select(_ => RandomText.Next(random, 200)));

            var encoded = Encode(text);

            Assert.All(encoded.Split("\r\n"), line => Assert.InRange(line.Length, 0, 76));
            Assert.All(encoded.Split("\r\n"), line => Assert.False(line is ['.', ..] or [.., ' '] or [.., '\t']));
            Assert.Equal(text.ReplaceLineEndings("\r\n"), DecodeSimply(encoded));
        }
    }

    private static string Encode(string text)
    {
        var output = new ArrayBufferWriter<byte>();
        QuotedPrintable.Encode(Encoding.UTF8.GetBytes(text), output);
        return Encoding.ASCII.GetString(output.WrittenSpan);
    }

    /// <summary>The standard's own words, for well-formed input only, and no code in common with ours.</summary>
    private static string DecodeSimply(string encoded)
    {
        var octets = new List<byte>();
        encoded = encoded.Replace("=\r\n", "", StringComparison.Ordinal);
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] is '=')
            {
                octets.Add(Convert.ToByte(encoded.Substring(i + 1, 2), 16));
                i += 2;
            }
            else
            {
                octets.Add((byte)encoded[i]);
            }
        }

        return Encoding.UTF8.GetString([.. octets]);
    }
}
