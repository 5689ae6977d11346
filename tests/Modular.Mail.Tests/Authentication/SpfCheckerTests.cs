using System.Net;
using Modular.Mail.Authentication;
using Modular.Mail.Dns;
using Modular.Testing;

namespace Modular.Mail.Tests.Authentication;

public sealed class SpfCheckerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The zone of RFC 7208 appendix A.1.</summary>
    private static FakeDns Zone => new FakeDns()
        .Mx("example.com", 10, "mail-a.example.com").Mx("example.com", 20, "mail-b.example.com")
        .Address("example.com", "192.0.2.10").Address("example.com", "192.0.2.11")
        .Address("amy.example.com", "192.0.2.65").Address("bob.example.com", "192.0.2.66")
        .Address("mail-a.example.com", "192.0.2.129").Address("mail-b.example.com", "192.0.2.130")
        .Address("www.example.com", "192.0.2.10").Mx("example.org", 10, "mail-c.example.org").Address("mail-c.example.org", "192.0.2.140")
        .Reverse("10.2.0.192.in-addr.arpa", "example.com").Reverse("11.2.0.192.in-addr.arpa", "example.com")
        .Reverse("65.2.0.192.in-addr.arpa", "amy.example.com").Reverse("66.2.0.192.in-addr.arpa", "bob.example.com")
        .Reverse("129.2.0.192.in-addr.arpa", "mail-a.example.com").Reverse("140.2.0.192.in-addr.arpa", "mail-c.example.org")
        .Reverse("4.0.0.10.in-addr.arpa", "bob.example.com");

    [Theory]
    [InlineData("v=spf1 +all", "203.0.113.1", SpfVerdict.Pass)]
    [InlineData("v=spf1 a -all", "192.0.2.10", SpfVerdict.Pass)]
    [InlineData("v=spf1 a -all", "192.0.2.12", SpfVerdict.Fail)]
    [InlineData("v=spf1 a:example.org -all", "192.0.2.10", SpfVerdict.Fail)]
    [InlineData("v=spf1 mx -all", "192.0.2.129", SpfVerdict.Pass)]
    [InlineData("v=spf1 mx -all", "192.0.2.10", SpfVerdict.Fail)]
    [InlineData("v=spf1 mx:example.org -all", "192.0.2.140", SpfVerdict.Pass)]
    [InlineData("v=spf1 mx mx:example.org -all", "192.0.2.140", SpfVerdict.Pass)]
    [InlineData("v=spf1 mx/30 mx:example.org/30 -all", "192.0.2.131", SpfVerdict.Pass)]
    [InlineData("v=spf1 mx/30 mx:example.org/30 -all", "192.0.2.132", SpfVerdict.Fail)]
    [InlineData("v=spf1 ptr -all", "192.0.2.65", SpfVerdict.Pass)]
    [InlineData("v=spf1 ptr -all", "192.0.2.140", SpfVerdict.Fail)]
    [InlineData("v=spf1 ptr -all", "10.0.0.4", SpfVerdict.Fail)]
    [InlineData("v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.129", SpfVerdict.Pass)]
    [InlineData("v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.65", SpfVerdict.Fail)]
    [InlineData("v=spf1 ip6:2001:db8::/32 ~all", "2001:db8:1::1", SpfVerdict.Pass)]
    [InlineData("v=spf1 ip6:2001:db8::/32 ~all", "2001:db9::1", SpfVerdict.SoftFail)]
    [InlineData("v=spf1 ip4:192.0.2.0/24 ?all", "::ffff:192.0.2.1", SpfVerdict.Pass)]
    [InlineData("v=spf1 ip4:192.0.2.0/0 -all", "203.0.113.1", SpfVerdict.Pass)]
    [InlineData("v=spf1 ?all", "203.0.113.1", SpfVerdict.Neutral)]
    [InlineData("v=spf1", "203.0.113.1", SpfVerdict.Neutral)]
    [InlineData("V=SPF1 IP4:192.0.2.1 -ALL", "192.0.2.1", SpfVerdict.Pass)]
    [InlineData("v=spf10 +all", "192.0.2.1", SpfVerdict.None)]
    [InlineData("v=spf1 moo -all", "192.0.2.1", SpfVerdict.PermError)]
    [InlineData("v=spf1 +all ip4:192.0.2", "192.0.2.1", SpfVerdict.PermError)]
    [InlineData("v=spf1 ip4:192.0.2.1/33", "192.0.2.1", SpfVerdict.PermError)]
    [InlineData("v=spf1 ip4:192.0.2.1/08", "192.0.2.1", SpfVerdict.PermError)]
    [InlineData("v=spf1 a:example.com//129 -all", "192.0.2.1", SpfVerdict.PermError)]
    [InlineData("v=spf1 include: -all", "192.0.2.1", SpfVerdict.PermError)]
    [InlineData("v=spf1 all:example.com", "192.0.2.1", SpfVerdict.PermError)]
    [InlineData("v=spf1 a:%{x}.example.com", "192.0.2.1", SpfVerdict.PermError)]
    [InlineData("v=spf1 a:%{c}.example.com", "192.0.2.1", SpfVerdict.PermError)]
    [InlineData("v=spf1 a:foo:8080", "192.0.2.1", SpfVerdict.PermError)]
    [InlineData("v=spf1 a:111.222.33.44", "192.0.2.1", SpfVerdict.PermError)]
    [InlineData("v=spf1 redirect=a.test redirect=b.test", "192.0.2.1", SpfVerdict.PermError)]
    [InlineData("v=spf1 x-later=%{d}word moo.cow=1 +all", "192.0.2.1", SpfVerdict.Pass)]
    [InlineData("v=spf1 ünï -all", "192.0.2.1", SpfVerdict.PermError)]
    public async Task A_record_decides(string record, string client, SpfVerdict expected) =>
        Assert.Equal(expected, (await CheckAsync(Zone.Text("example.com", record), client)).Verdict);

    [Fact]
    public async Task Two_records_are_one_too_many()
    {
        Assert.Equal(SpfVerdict.PermError, (await CheckAsync(Zone.Text("example.com", "v=spf1 +all").Text("example.com", "v=spf1 +all"), "192.0.2.1")).Verdict);
        Assert.Equal(SpfVerdict.Pass, (await CheckAsync(Zone.Text("example.com", "google-site=1").Text("example.com", "v=spf1 +all"), "192.0.2.1")).Verdict);
    }

    [Theory]
    [InlineData("v=spf1 -all", SpfVerdict.Fail)]        // of the included, no match: the includer's -all decides
    [InlineData("v=spf1 +all", SpfVerdict.Pass)]
    [InlineData("v=spf1 ~all", SpfVerdict.Fail)]
    [InlineData("v=spf1 ?all", SpfVerdict.Fail)]
    [InlineData("v=spf1 moo", SpfVerdict.PermError)]
    [InlineData("no record", SpfVerdict.PermError)]
    public async Task An_included_record_matches_only_when_it_passes(string included, SpfVerdict expected) =>
        Assert.Equal(expected, (await CheckAsync(Zone.Text("example.com", "v=spf1 include:inc.test -all").Text("inc.test", included), "203.0.113.1")).Verdict);

    [Theory]
    [InlineData("v=spf1 -all", SpfVerdict.Fail)]
    [InlineData("v=spf1 +all", SpfVerdict.Pass)]
    [InlineData("v=spf1", SpfVerdict.Neutral)]
    [InlineData("nothing", SpfVerdict.PermError)]
    public async Task A_redirect_takes_the_others_verdict(string target, SpfVerdict expected) =>
        Assert.Equal(expected, (await CheckAsync(Zone.Text("example.com", "v=spf1 redirect=_spf.%{d}").Text("_spf.example.com", target), "203.0.113.1")).Verdict);

    [Fact]
    public async Task Where_all_is_said_a_redirect_is_not_followed() =>
        Assert.Equal(SpfVerdict.SoftFail, (await CheckAsync(Zone.Text("example.com", "v=spf1 redirect=_spf.%{d} ~all"), "203.0.113.1")).Verdict);

    [Theory]
    [InlineData("%{s}", "strong-bad@email.example.com")]
    [InlineData("%{o}", "email.example.com")]
    [InlineData("%{d}", "email.example.com")]
    [InlineData("%{d4}", "email.example.com")]
    [InlineData("%{d3}", "email.example.com")]
    [InlineData("%{d2}", "example.com")]
    [InlineData("%{d1}", "com")]
    [InlineData("%{dr}", "com.example.email")]
    [InlineData("%{d2r}", "example.email")]
    [InlineData("%{l}", "strong-bad")]
    [InlineData("%{l-}", "strong.bad")]
    [InlineData("%{lr}", "strong-bad")]
    [InlineData("%{lr-}", "bad.strong")]
    [InlineData("%{l1r-}", "strong")]
    [InlineData("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com")]
    [InlineData("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com")]
    [InlineData("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com")]
    [InlineData("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net")]
    [InlineData("a%%b%_c%-d", "a%b c%20d")]
    [InlineData("%{S}", "strong-bad%40email.example.com")]
    public void Macros_expand_as_RFC_7208_shows(string macro, string expected)
    {
        Assert.True(SpfMacro.IsMacroString(macro));
        Assert.Equal(expected, SpfMacro.Expand(macro, Values("192.0.2.3"), "unknown"));
    }

    [Fact]
    public void An_IPv6_address_expands_to_its_nibbles() => Assert.Equal(
        "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com",
        SpfMacro.Expand("%{ir}.%{v}._spf.%{d2}", Values("2001:db8::cb01"), "unknown"));

    [Theory]
    [InlineData("%")]
    [InlineData("%{")]
    [InlineData("%{}")]
    [InlineData("%{d0}")]
    [InlineData("%{d1x}")]
    [InlineData("%{z}")]
    [InlineData("a b")]
    public void What_is_no_macro_is_refused(string text) => Assert.False(SpfMacro.IsMacroString(text));

    [Fact]
    public async Task Exists_asks_for_what_its_macros_say()
    {
        var zone = Zone.Text("example.com", "v=spf1 exists:%{ir}.%{l1r+-}._spf.%{d} -all").Address("1.2.0.192.joe._spf.example.com", "127.0.0.2");

        Assert.Equal(SpfVerdict.Pass, (await new SpfChecker(zone).CheckAsync(new SpfQuery(IPAddress.Parse("192.0.2.1"), "h", "joe-x@example.com"), Ct)).Verdict);
        Assert.Equal(SpfVerdict.Fail, (await new SpfChecker(zone).CheckAsync(new SpfQuery(IPAddress.Parse("192.0.2.2"), "h", "joe-x@example.com"), Ct)).Verdict);
    }

    [Theory]
    [InlineData(10, SpfVerdict.Pass)]
    [InlineData(11, SpfVerdict.PermError)]
    public async Task Ten_terms_may_ask_and_no_more(int includes, SpfVerdict expected)
    {
        var zone = new FakeDns().Text("example.com", "v=spf1 include:i1.test +all");
        for (var i = 1; i <= includes; i++)
            zone.Text($"i{i}.test", i < includes ? $"v=spf1 include:i{i + 1}.test ?all" : "v=spf1 ?all");
        var result = await CheckAsync(zone, "192.0.2.1");

        Assert.Equal(expected, result.Verdict);
        Assert.InRange(zone.Questions.Count, 1, 12);
    }

    [Fact]
    public async Task A_record_that_includes_itself_ends() =>
        Assert.Equal(SpfVerdict.PermError, (await CheckAsync(new FakeDns().Text("example.com", "v=spf1 include:example.com -all"), "192.0.2.1")).Verdict);

    [Theory]
    [InlineData("v=spf1 a:no1.test a:no2.test +all", SpfVerdict.Pass)]
    [InlineData("v=spf1 a:no1.test exists:no2.test mx:no3.test +all", SpfVerdict.PermError)]
    public async Task Two_names_may_be_missing_and_no_more(string record, SpfVerdict expected) =>
        Assert.Equal(expected, (await CheckAsync(Zone.Text("example.com", record), "192.0.2.1")).Verdict);

    [Fact]
    public async Task More_than_ten_exchangers_are_refused()
    {
        var zone = new FakeDns().Text("example.com", "v=spf1 mx +all");
        for (var i = 0; i < 11; i++)
            zone.Mx("example.com", 10, $"mx{i}.test").Address($"mx{i}.test", "192.0.2.1");

        Assert.Equal(SpfVerdict.PermError, (await CheckAsync(zone, "203.0.113.1")).Verdict);
    }

    [Fact]
    public async Task Broken_dns_is_a_passing_trouble()
    {
        Assert.Equal(SpfVerdict.TempError, (await CheckAsync(new FakeDns().Broken("example.com", DnsType.Txt), "192.0.2.1")).Verdict);
        Assert.Equal(SpfVerdict.TempError, (await CheckAsync(new FakeDns().Text("example.com", "v=spf1 a -all").Broken("example.com", DnsType.A), "192.0.2.1")).Verdict);
    }

    [Fact]
    public async Task A_null_sender_is_judged_by_its_greeting()
    {
        var result = await new SpfChecker(new FakeDns().Text("mx.test", "v=spf1 -all")).CheckAsync(new SpfQuery(IPAddress.Loopback, "MX.test", ""), Ct);

        Assert.Equal((SpfVerdict.Fail, "mx.test"), (result.Verdict, result.Domain));
    }

    [Theory]
    [InlineData("[192.0.2.1]", "")]
    [InlineData("localhost", "")]
    [InlineData("h", "ann@a..b")]
    [InlineData("h", "ann@")]
    public async Task Without_a_domain_there_is_no_verdict(string helo, string sender) =>
        Assert.Equal(SpfVerdict.None, (await new SpfChecker(new FakeDns()).CheckAsync(new SpfQuery(IPAddress.Loopback, helo, sender), Ct)).Verdict);

    [Fact]
    public async Task A_fail_brings_the_domains_own_words()
    {
        var zone = new FakeDns().Text("example.com", "v=spf1 -all exp=why.%{d}").Text("why.example.com", "%{i} is not one of %{d}'s, says %{r}");

        Assert.Equal("192.0.2.1 is not one of example.com's, says unknown", (await CheckAsync(zone, "192.0.2.1")).Explanation);
        Assert.Null((await CheckAsync(new FakeDns().Text("example.com", "v=spf1 -all exp=why.%{d}"), "192.0.2.1")).Explanation);
    }

    [Fact]
    public void No_text_breaks_the_reader()
    {
        var random = new Random(7208);
        string[] pieces = ["v=spf1", " ", "a", ":", "/", "//", "mx", "include", "%{", "}", "d", "r", "1", "ip4:", "ip6:", "::", "192.0.2.1", "=", "redirect", "exp", "-", "+", "~", "?", "all", "%", ".", "x.test", "é", "\0"];
        for (var i = 0; i < 20_000; i++)
        {
            var record = SpfRecord.Parse("v=spf1 " + string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)])));
            foreach (var spec in record.Mechanisms.Select(m => m.Domain).Append(record.Redirect).OfType<string>())
                SpfMacro.ExpandName(spec, Values("192.0.2.3"), "unknown");
        }
    }

    private static SpfMacroValues Values(string client) =>
        new("strong-bad@email.example.com", "email.example.com", IPAddress.Parse(client), "mx.example.org", "unknown", DateTimeOffset.UnixEpoch);

    private static ValueTask<SpfResult> CheckAsync(FakeDns dns, string client) =>
        new SpfChecker(dns).CheckAsync(new SpfQuery(IPAddress.Parse(client), "helo.test", "ann@example.com"), Ct);
}
