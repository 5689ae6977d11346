using Modular.Mail.Smtp;

namespace Modular.Mail.Tests.Smtp;

public sealed class EnhancedStatusTests
{
    [Theory]
    [InlineData("2.0.0", 2, 0, 0)]
    [InlineData("4.7.1", 4, 7, 1)]
    [InlineData("5.7.515", 5, 7, 515)]
    public void A_status_is_three_numbers(string text, int statusClass, int subject, int detail)
    {
        var status = EnhancedStatus.Parse(text);

        Assert.Equal(new EnhancedStatus(statusClass, subject, detail), status);
        Assert.Equal(text, status.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("5.1")]
    [InlineData("5.1.")]
    [InlineData("5..1")]
    [InlineData("5.1.1.1")]
    [InlineData("3.1.1")]
    [InlineData("5.1.01")]
    [InlineData("5.1.1000")]
    [InlineData("5.1.1x")]
    [InlineData(" 5.1.1")]
    [InlineData("5.1.1 ")]
    [InlineData("5.-1.1")]
    [InlineData("5.1.١")]
    public void Anything_else_is_no_status(string text)
    {
        Assert.False(EnhancedStatus.TryParse(text, out var status));
        Assert.Equal(default, status);
        Assert.Throws<FormatException>(() => EnhancedStatus.Parse(text));
    }

    [Theory]
    [InlineData("5.1.1 User unknown", 5)]
    [InlineData("5.1.1", 5)]
    [InlineData("4.2.2(mailbox full)", 5)]
    public void A_reply_text_begins_with_its_status(string text, int expected)
    {
        Assert.True(EnhancedStatus.TryReadPrefix(text, out _, out var length));
        Assert.Equal(expected, length);
    }

    [Theory]
    [InlineData("5.1.1.4 is our address")]
    [InlineData("User unknown 5.1.1")]
    [InlineData("192.0.2.1 blocked")]
    public void An_address_or_a_later_number_is_not_taken_for_a_status(string text) =>
        Assert.False(EnhancedStatus.TryReadPrefix(text, out _, out _));

    [Fact]
    public void The_class_says_success_transient_or_permanent()
    {
        Assert.True(EnhancedStatus.Parse("2.1.5").IsSuccess);
        Assert.True(EnhancedStatus.Parse("4.2.2").IsTransient);
        Assert.True(EnhancedStatus.Parse("5.1.1").IsPermanent);
        Assert.False(default(EnhancedStatus).IsSuccess || default(EnhancedStatus).IsTransient || default(EnhancedStatus).IsPermanent);
    }
}
