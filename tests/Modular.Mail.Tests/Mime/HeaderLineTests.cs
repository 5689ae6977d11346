using System.Text;
using Modular.Mail.Mime;

namespace Modular.Mail.Tests.Mime;

public sealed class HeaderLineTests
{
    [Theory]
    [InlineData("Hello", "Subject: Hello\r\n")]
    [InlineData("", "Subject: \r\n")]
    [InlineData("Grüße", "Subject: =?utf-8?b?R3LDvMOfZQ==?=\r\n")]
    [InlineData("日本語", "Subject: =?utf-8?b?5pel5pys6Kqe?=\r\n")]
    [InlineData("Sale in Zürich today", "Subject: Sale in =?utf-8?q?Z=C3=BCrich?= today\r\n")]
    [InlineData("no =?utf-8?q?tricks?= here", "Subject: no =?utf-8?b?PT91dGYtOD9xP3RyaWNrcz89?= here\r\n")]
    public void Text_is_plain_or_encoded_words(string text, string expected) =>
        Assert.Equal(expected, HeaderLine.Text("Subject", HeaderText.Create(text)).ToString());

    [Theory]
    [InlineData("", "To: ann@example.org\r\n")]
    [InlineData("Ann Smith", "To: Ann Smith <ann@example.org>\r\n")]
    [InlineData("Smith, Ann", "To: \"Smith, Ann\" <ann@example.org>\r\n")]
    [InlineData("The \"Ann\" \\ Smith", "To: \"The \\\"Ann\\\" \\\\ Smith\" <ann@example.org>\r\n")]
    [InlineData("Änne", "To: =?utf-8?b?w4RubmU=?= <ann@example.org>\r\n")]
    [InlineData("山田 太郎", "To: =?utf-8?b?5bGx55SwIOWkqumDjg==?= <ann@example.org>\r\n")]
    public void A_display_name_is_atoms_or_quoted_or_encoded(string name, string expected) =>
        Assert.Equal(expected, HeaderLine.Mailboxes("To", MailboxAddress.Create("ann@example.org", HeaderText.Create(name))).ToString());

    [Fact]
    public void A_local_part_that_is_no_dot_atom_is_quoted() =>
        Assert.Equal("To: \"ann..\"@example.org\r\n", HeaderLine.Mailboxes("To", MailboxAddress.Create("ann..@example.org")).ToString());

    [Fact]
    public void An_address_list_folds_between_its_mailboxes()
    {
        var mailboxes = Enumerable.Range(1, 6).Select(i => MailboxAddress.Create($"recipient{i}@example.org", HeaderText.Create($"Person {i}"))).ToArray();

        var lines = HeaderLine.Mailboxes("To", mailboxes).ToString().TrimEnd().Split("\r\n");

        Assert.All(lines, line => Assert.InRange(line.Length, 1, 78));
        Assert.All(lines[1..], line => Assert.StartsWith(" ", line));
        Assert.Equal(3, lines.Length);
    }

    [Fact]
    public void A_long_uri_stays_whole()
    {
        var uri = $"<https://example.org/u/{new string('t', 200)}>";

        Assert.Equal($"List-Unsubscribe: {uri},\r\n <mailto:u@example.org>\r\n", HeaderLine.Structured("List-Unsubscribe", HeaderText.Create($"{uri}, <mailto:u@example.org>")).ToString());
    }

    [Fact]
    public void A_date_has_its_own_offset()
    {
        var date = new DateTimeOffset(2026, 3, 5, 9, 7, 1, TimeSpan.FromMinutes(-570));

        Assert.Equal("Date: Thu, 05 Mar 2026 09:07:01 -0930\r\n", HeaderLine.Date("Date", date).ToString());
        Assert.Equal("Thu, 05 Mar 2026 09:07:01 -0930", MailDate.Format(date));
        Assert.Equal("Thu, 05 Mar 2026 18:37:01 +0000", MailDate.Format(date.ToUniversalTime()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Sub ject")]
    [InlineData("Subject:")]
    [InlineData("Subject\r\nBcc")]
    [InlineData("Sübject")]
    public void A_field_name_cannot_be_anything(string name) =>
        Assert.Throws<ArgumentException>(() => HeaderLine.Text(name, HeaderText.Create("x")));

    [Fact]
    public void A_structured_value_is_ascii_and_fits_a_line()
    {
        Assert.Throws<ArgumentException>(() => HeaderLine.Structured("List-Id", HeaderText.Create("é")));
        Assert.Throws<ArgumentException>(() => HeaderLine.Structured("List-Id", HeaderText.Create("")));
        Assert.Throws<ArgumentException>(() => HeaderLine.Structured("List-Id", HeaderText.Create(new string('x', 901))));
    }

    [Fact]
    public void Whatever_the_text_no_line_is_too_long_and_encoded_words_hold_whole_characters()
    {
        var random = new Random(20261122);
        for (var i = 0; i < 3000; i++)
        {
            var text = HeaderText.Create(RandomText.Next(random, 300));
            var name = random.Next(8) is 0 ? new string('X', 76) : "Subject";

            var lines = HeaderLine.Text(name, text).ToString().Split("\r\n");

            Assert.Equal("", lines[^1]);
            foreach (var line in lines[..^1])
            {
                Assert.True(Ascii.IsValid(line));
                Assert.InRange(line.Length, 1, 998);
                Assert.False(string.IsNullOrWhiteSpace(line));
                foreach (var word in line.Split(' ', '\t').Where(w => w.StartsWith("=?", StringComparison.Ordinal)))
                    Assert.InRange(word.Length, 1, 75);
            }
        }
    }
}
