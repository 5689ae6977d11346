using System.Buffers;

namespace Modular.Kernel.Tests.Values;

public sealed class EmailAddressTests
{
    private static readonly SearchValues<char> NoAtomText = SearchValues.Create("\"()<[ \r\n");

    [Theory]
    [InlineData("Ann@Example.COM", "ann@example.com", "Ann@example.com")]
    [InlineData("  ann@example.com\r\n", "ann@example.com", "ann@example.com")]
    [InlineData("ann+news@bücher.example", "ann+news@xn--bcher-kva.example", "ann+news@xn--bcher-kva.example")]
    [InlineData("ann@BÜCHER.example", "ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example")]
    [InlineData("ann@ｅxample。com", "ann@example.com", "ann@example.com")]
    [InlineData("Анна@почта.рф", "анна@xn--80a1acny.xn--p1ai", "Анна@xn--80a1acny.xn--p1ai")]
    [InlineData("o'neil&sons@sub.example.org", "o'neil&sons@sub.example.org", "o'neil&sons@sub.example.org")]
    public void An_address_has_a_form_to_compare_and_a_form_for_the_envelope(string typed, string key, string envelope)
    {
        var address = EmailAddress.Parse(typed);

        Assert.Equal((key, envelope), (address.Key, address.ToString()));
        Assert.Equal(typed.Trim(), address.Text);
    }

    [Fact]
    public void Two_spellings_of_one_mailbox_are_equal()
    {
        Assert.Equal(EmailAddress.Parse("ann@example.com"), EmailAddress.Parse("ANN@EXAMPLE.com"));
        Assert.Equal(EmailAddress.Parse("zoe\u0308@example.com"), EmailAddress.Parse("zo\u00EB@example.com"));   // composed or not
        Assert.NotEqual(EmailAddress.Parse("ann@example.com"), EmailAddress.Parse("anne@example.com"));
    }

    [Theory]
    [InlineData("ann@example.com", false)]
    [InlineData("ann@bücher.example", false)]
    [InlineData("zoë@example.com", true)]
    public void Only_a_local_part_beyond_ASCII_needs_SMTPUTF8(string typed, bool needs) => Assert.Equal(needs, EmailAddress.Parse(typed).NeedsSmtpUtf8);

    [Theory]
    [InlineData("", "empty")]
    [InlineData("   ", "empty")]
    [InlineData("ann", "no @")]
    [InlineData("@example.com", "before the @")]
    [InlineData("ann@", "no domain name")]
    [InlineData("ann@example", "no domain name")]
    [InlineData("ann@.example.com", "no domain name")]
    [InlineData("ann@example..com", "no domain name")]
    [InlineData("ann@example.com.", "no domain name")]
    [InlineData("ann@-example.com", "no domain name")]
    [InlineData("ann@exam_ple.com", "no domain name")]
    [InlineData("ann@192.0.2.1", "no domain name")]
    [InlineData("ann@[192.0.2.1]", "no domain name")]
    [InlineData("ann@exa\u2100mple.com", "no domain name")]   // compatibility characters that unfold into a slash
    [InlineData(".ann@example.com", "dot")]
    [InlineData("ann.@example.com", "dot")]
    [InlineData("an..n@example.com", "dot")]
    [InlineData("\"ann\"@example.com", "'\"'")]
    [InlineData("ann(work)@example.com", "'('")]
    [InlineData("<ann@example.com>", "'<'")]
    [InlineData("ann@bob@example.com", "'@'")]
    [InlineData("ann bob@example.com", "blank")]
    [InlineData("ann@example.com\r\nBcc: bob@example.com", "blank or a control")]
    [InlineData("ann\0@example.com", "blank or a control")]
    [InlineData("ann\u200B@example.com", "U+200B")]   // zero width space, as pages and spreadsheets leave it behind
    [InlineData("ann\u202Emoc.elpmaxe@example.com", "U+202E")]   // turns the reading direction round
    [InlineData("ann\U000E0061@example.com", "U+E0061")]   // a tag: text within text
    public void What_is_no_address_is_refused_in_words_for_who_typed_it(string typed, string words)
    {
        Assert.False(EmailAddress.TryParse(typed, out var address, out var reason));
        Assert.Null(address);
        Assert.Contains(words, reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_character_is_refused()   // no test case's data could carry one
    {
        Assert.False(EmailAddress.TryParse("ann" + '\uD83D' + "@example.com", out _, out var reason));
        Assert.Contains("half a character", reason, StringComparison.Ordinal);
        Assert.True(EmailAddress.TryParse("ann🦊@example.com", out _, out _));
    }

    [Fact]
    public void Lengths_are_counted_in_octets()
    {
        var local = new string('a', EmailAddress.MaxLocalPartBytes);
        Assert.True(EmailAddress.TryParse(local + "@example.com", out _, out _));
        Assert.False(EmailAddress.TryParse(local + "a@example.com", out _, out _));
        Assert.False(EmailAddress.TryParse(new string('ë', (EmailAddress.MaxLocalPartBytes / 2) + 1) + "@example.com", out _, out _));

        var domain = string.Join('.', Enumerable.Repeat(new string('d', 59), 3)) + ".example";
        Assert.True(EmailAddress.TryParse(local + "@" + domain, out _, out _));   // 64 + 1 + 187
        Assert.False(EmailAddress.TryParse(local + "@ab." + domain, out _, out _));
    }

    /// <summary>What these collections call wrong we refuse; what they call right we take, but for the forms that we refuse on purpose.</summary>
    [Fact]
    public void Other_peoples_collections_of_addresses_agree()
    {
        var seen = 0;
        foreach (var line in Corpus.Lines("csv/addresses.jsonl"))
        {
            var kind = line.GetProperty("kind").GetString()!;
            var text = line.GetProperty("address").GetString()!;
            var address = kind.Contains("localpart", StringComparison.Ordinal) ? text + "@example.com" : text;
            var isWrong = kind is "isemail" ? line.GetProperty("category").GetString() is "ISEMAIL_ERR" : !line.GetProperty("valid").GetBoolean();
            var isTaken = EmailAddress.TryParse(address, out _, out var reason);
            seen++;

            if (isWrong) Assert.False(isTaken && address.Trim() == address, $"'{address}' was taken");
            else if (!isTaken) Assert.True(IsRefusedOnPurpose(address), $"'{address}' was refused: {reason}");
        }
        Assert.True(seen > 200, $"only {seen} addresses");
    }

    /// <summary>Quoted local parts, comments, display names, address literals; domains of one label, with an underscore, too long, or that DNS cannot have.</summary>
    private static bool IsRefusedOnPurpose(string address)
    {
        var domain = address[(address.LastIndexOf('@') + 1)..];
        return address.AsSpan().ContainsAny(NoAtomText) || !domain.Contains('.', StringComparison.Ordinal) || domain.Contains('_', StringComparison.Ordinal)
            || domain.Split('.').Any(label => label.Length is 0 or > 63 || label[0] is '-' || label[^1] is '-') || domain.Split('.')[^1].All(char.IsAsciiDigit)
            || address.Length > EmailAddress.MaxBytes;
    }
}
