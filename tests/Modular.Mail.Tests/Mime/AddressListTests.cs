using Modular.Mail.Mime;

namespace Modular.Mail.Tests.Mime;

public sealed class AddressListTests
{
    [Theory]
    [InlineData("ann@example.org", "|ann@example.org")]
    [InlineData("Ann Smith <ann@example.org>", "Ann Smith|ann@example.org")]
    [InlineData("\"Smith, Ann\" <ann@example.org>, bob@example.org", "Smith, Ann|ann@example.org", "|bob@example.org")]
    [InlineData("\"a \\\"b\\\"\" <ann@example.org>", "a \"b\"|ann@example.org")]
    [InlineData("ann@example.org (Ann (the) Smith)", "Ann (the) Smith|ann@example.org")]
    [InlineData("=?utf-8?q?=C3=84nne?= <a@example.org>", "Änne|a@example.org")]
    [InlineData("Friends: ann@example.org, bob@example.org;, carl@example.org", "|ann@example.org", "|bob@example.org", "|carl@example.org")]
    [InlineData("undisclosed-recipients:;")]
    [InlineData("<@relay.example,@b.example:ann@example.org>", "|ann@example.org")]
    [InlineData("\"ann smith\"@example.org", "|\"ann smith\"@example.org")]
    [InlineData("<\"ann smith\"@example.org>", "|\"ann smith\"@example.org")]
    [InlineData("ann @ example.org", "|ann@example.org")]
    [InlineData(" , ,ann@example.org,,", "|ann@example.org")]
    [InlineData("", new string[0])]
    [InlineData("Ann <ann@example.org", "Ann|ann@example.org")]
    [InlineData("Ann <>", "Ann|")]
    public void Address_lists_are_read_as_they_are_written(string value, params string[] expected) =>
        Assert.Equal(expected, AddressList.Parse(value).Select(m => $"{m.Name}|{m.Address}"));

    [Theory]
    [InlineData("Thu, 13 Feb 1969 23:32:54 -0330", "1969-02-13T23:32:54-03:30")]
    [InlineData("Fri, 21 Nov 1997 09:55:06 -0600 (CST)", "1997-11-21T09:55:06-06:00")]
    [InlineData("21 Nov 97 09:55:06 GMT", "1997-11-21T09:55:06+00:00")]
    [InlineData("1 Jan 26 00:00 EST", "2026-01-01T00:00:00-05:00")]
    [InlineData("Mon,1 Jan 2026 00:00:60 +0000", "2026-01-01T00:01:00+00:00")]
    [InlineData("01-Jan-2026 10:00:00 +0100", "2026-01-01T10:00:00+01:00")]
    [InlineData("Thu, 01 Jan 2026 10:00:00", "2026-01-01T10:00:00+00:00")]
    [InlineData("Thu, 01 Jan 2026 10:00:00 +9999", "2026-01-01T10:00:00+00:00")]
    public void Dates_are_read_as_they_are_written(string text, string expected)
    {
        Assert.True(MailDate.TryParse(text, out var date));
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), date);
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("32 Jan 2026 00:00:00 +0000")]
    [InlineData("29 Feb 2025 00:00:00 +0000")]
    [InlineData("1 Foo 2026 00:00:00 +0000")]
    [InlineData("1 Jan 2026 24:00:00 +0000")]
    [InlineData("1 Jan 99999999999 00:00:00 +0000")]
    [InlineData("Thu,")]
    public void What_is_no_date_is_none(string text) => Assert.False(MailDate.TryParse(text, out _));
}
