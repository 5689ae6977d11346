using Modular.Campaigns.Tracking;

namespace Modular.Campaigns.Tests.Tracking;

public sealed class LinkTokenTests
{
    private static readonly ISealer Sealer = Sealing.New();
    private static readonly LinkToken Token = new(LinkKind.Click, false, new TenantId((1L << 40) - 1), (1L << 53) - 1, 4_503_599_627_370_497, 65_535);

    [Fact]
    public void A_token_is_read_as_it_was_written()
    {
        var text = Token.ToText(Sealer);

        Assert.Equal(44, text.Length);
        Assert.True(LinkToken.TryRead(Sealer, text, LinkKind.Click, out var read));
        Assert.Equal(Token, read);
    }

    [Fact]
    public void A_token_of_a_test_mail_says_so()
    {
        var test = Token with { IsTest = true };

        Assert.True(LinkToken.TryRead(Sealer, test.ToText(Sealer), LinkKind.Click, out var read));
        Assert.True(read.IsTest);
    }

    [Fact]
    public void No_changed_bit_is_accepted()
    {
        var text = Token.ToText(Sealer);
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for (var i = 0; i < text.Length; i++)
        {
            for (var bit = 0; bit < 6; bit++)
            {
                var changed = text.ToCharArray();
                changed[i] = Alphabet[Alphabet.IndexOf(text[i], StringComparison.Ordinal) ^ (1 << bit)];
                Assert.False(LinkToken.TryRead(Sealer, changed, LinkKind.Click, out _));
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("äöüAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_we_did_not_write_is_no_token(string text) => Assert.False(LinkToken.TryRead(Sealer, text, LinkKind.Click, out _));

    [Fact]
    public void A_token_serves_its_own_purpose_only() => Assert.False(LinkToken.TryRead(Sealer, Token.ToText(Sealer), LinkKind.Unsubscribe, out _));
}
