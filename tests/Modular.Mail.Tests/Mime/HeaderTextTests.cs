using Modular.Mail.Mime;

namespace Modular.Mail.Tests.Mime;

public sealed class HeaderTextTests
{
    [Theory]
    [InlineData("Sale\r\nBcc: all@example.org")]
    [InlineData("Sale\nBcc: all@example.org")]
    [InlineData("Sale\rBcc: all@example.org")]
    [InlineData("Sale\0")]
    [InlineData("Sale\u001b[2J")]
    [InlineData("Sale\u007f")]
    [InlineData("Sale\u0085Bcc: all@example.org")]
    public void Line_breaks_and_controls_are_refused(string text)
    {
        Assert.False(HeaderText.TryCreate(text, out _));
        Assert.Throws<ArgumentException>(() => HeaderText.Create(text));
    }

    // Not inline data: the test runner repairs half pairs on the way.
    [Fact]
    public void Half_characters_are_refused()
    {
        Assert.False(HeaderText.TryCreate("half a pair \ud83d here", out _));
        Assert.False(HeaderText.TryCreate("half a pair \ud83d", out _));
        Assert.False(HeaderText.TryCreate("the wrong way \ude00\ud83d", out _));
        Assert.True(HeaderText.TryCreate("whole \ud83d\ude00", out _));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("  Sale \t", "Sale")]
    [InlineData("a\tb", "a b")]
    [InlineData("U+2028 \u2028 is only a character", "U+2028 \u2028 is only a character")]
    [InlineData("👩‍👩‍👧 家族", "👩‍👩‍👧 家族")]
    public void Other_text_is_kept_with_blanks_for_tabs_and_none_around_it(string text, string expected) =>
        Assert.Equal(expected, HeaderText.Create(text).ToString());

    [Fact]
    public void Text_has_a_bound()
    {
        Assert.True(HeaderText.TryCreate(new string('x', HeaderText.MostChars), out _));
        Assert.False(HeaderText.TryCreate(new string('x', HeaderText.MostChars + 1), out _));
    }
}
