using Modular.Mail.Mime;

namespace Modular.Mail.Tests.Mime;

public sealed class MailboxAddressTests
{
    [Theory]
    [InlineData("ann@example.org", "ann@example.org")]
    [InlineData("ann+news.letter@sub.example.org", "ann+news.letter@sub.example.org")]
    [InlineData("\"ann smith\"@example.org", "\"ann smith\"@example.org")]
    [InlineData("\"a\\\"b\"@example.org", "\"a\\\"b\"@example.org")]
    [InlineData("ann@[192.0.2.1]", "ann@[192.0.2.1]")]
    [InlineData("ann@bücher.example", "ann@xn--bcher-kva.example")]
    [InlineData("δοκιμή@example.org", "δοκιμή@example.org")]
    [InlineData("ann..b.@docomo.example", "ann..b.@docomo.example")]
    public void An_address_that_can_be_mailed_is_taken(string text, string expected)
    {
        Assert.True(MailboxAddress.TryCreate(text, default, out var mailbox));
        Assert.Equal(expected, mailbox.Address);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ann")]
    [InlineData("@example.org")]
    [InlineData("ann@")]
    [InlineData("ann smith@example.org")]
    [InlineData("ann@exa mple.org")]
    [InlineData("ann@example..org")]
    [InlineData("ann@-example.org")]
    [InlineData("a<b@example.org")]
    [InlineData("a@b@example.org")]
    [InlineData("\"ann@example.org")]
    [InlineData("\"an\"n\"@example.org")]
    [InlineData("\"ann\\\"@example.org")]
    [InlineData("ann@example.org\r\nBcc: bob@example.org")]
    [InlineData(" ann@example.org")]
    [InlineData("ann@[192.0.2.1] x")]
    public void Anything_else_is_refused(string text)
    {
        Assert.False(MailboxAddress.TryCreate(text, default, out _));
        Assert.Throws<ArgumentException>(() => MailboxAddress.Create(text));
    }

    [Fact]
    public void A_local_part_of_65_octets_is_refused() =>
        Assert.False(MailboxAddress.TryCreate(new string('a', 65) + "@example.org", default, out _));

    [Fact]
    public void Only_an_address_that_is_not_ascii_needs_smtputf8()
    {
        Assert.False(MailboxAddress.Create("ann@bücher.example", HeaderText.Create("Änne")).NeedsSmtpUtf8);
        Assert.True(MailboxAddress.Create("änne@example.org").NeedsSmtpUtf8);
    }

    [Theory]
    [InlineData("1.2@example.org", true)]
    [InlineData("a b@example.org", false)]
    [InlineData("<1@example.org>", false)]
    [InlineData("1@example.org\r\n", false)]
    [InlineData("1..2@example.org", false)]
    [InlineData("1@a@example.org", false)]
    [InlineData("@example.org", false)]
    [InlineData("1@", false)]
    [InlineData("é@example.org", false)]
    public void A_message_id_is_a_dot_atom_at_a_domain(string text, bool expected) => Assert.Equal(expected, MessageId.TryCreate(text, out _));
}
