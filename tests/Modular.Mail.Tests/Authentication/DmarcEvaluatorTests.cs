using Modular.Mail.Authentication;
using Modular.Mail.Dns;
using Modular.Testing;

namespace Modular.Mail.Tests.Authentication;

public sealed class DmarcEvaluatorTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("v=DMARC1; p=reject", DmarcPolicy.Reject)]
    [InlineData("v=DMARC1;p=quarantine;rua=mailto:a@x.test", DmarcPolicy.Quarantine)]
    [InlineData("v = DMARC1 ; p = reject ; pct=0; rf=afrf; ri=1; foo=bar", DmarcPolicy.Reject)]   // unknown tags are passed over
    [InlineData("v=DMARC1", DmarcPolicy.None)]
    [InlineData("v=DMARC1; p=REJECT; t=y", DmarcPolicy.Quarantine)]
    [InlineData("v=DMARC1; p=quarantine; t=y", DmarcPolicy.None)]
    [InlineData("v=DMARC1; p=maybe; rua=mailto:a@x.test", DmarcPolicy.None)]
    public async Task What_a_domain_asks_for_is_reported_when_nobody_vouches(string record, DmarcPolicy expected)
    {
        var result = await JudgeAsync(new FakeDns().Text("_dmarc.x.test", record), "x.test");

        Assert.Equal((DmarcVerdict.Fail, "x.test", expected), (result.Verdict, result.PolicyDomain, result.Policy));
    }

    [Theory]
    [InlineData("v=DMARC1; p=maybe")]
    [InlineData("v=DMARC2; p=reject")]
    [InlineData("p=reject; v=DMARC1")]
    [InlineData("v=spf1 -all")]
    public async Task A_record_that_is_none_says_nothing(string record) =>
        Assert.Equal(DmarcVerdict.None, (await JudgeAsync(new FakeDns().Text("_dmarc.x.test", record), "x.test")).Verdict);

    [Fact]
    public async Task Of_several_records_none_counts() =>
        Assert.Equal(DmarcVerdict.None, (await JudgeAsync(new FakeDns().Text("_dmarc.x.test", "v=DMARC1; p=reject").Text("_dmarc.x.test", "v=DMARC1; p=none"), "x.test")).Verdict);

    [Theory]
    [InlineData("v=DMARC1; p=reject", "x.test", true)]
    [InlineData("v=DMARC1; p=reject", "mail.x.test", true)]
    [InlineData("v=DMARC1; p=reject", "y.test", false)]
    [InlineData("v=DMARC1; p=reject", "notx.test", false)]
    [InlineData("v=DMARC1; p=reject; adkim=s; aspf=s", "x.test", true)]
    [InlineData("v=DMARC1; p=reject; adkim=s; aspf=s", "mail.x.test", false)]
    public async Task Who_vouches_has_to_be_aligned(string record, string domain, bool passes)
    {
        var dns = new FakeDns().Text("_dmarc.x.test", record).Text("_dmarc.y.test", "v=DMARC1; p=none");

        Assert.Equal(passes ? DmarcVerdict.Pass : DmarcVerdict.Fail, (await JudgeAsync(dns, "x.test", spf: domain)).Verdict);
        Assert.Equal(passes ? DmarcVerdict.Pass : DmarcVerdict.Fail, (await JudgeAsync(dns, "X.test", dkim: domain)).Verdict);
    }

    [Theory]
    [InlineData("sub.x.test", DmarcPolicy.Quarantine)]     // it exists: sp=
    [InlineData("no.x.test", DmarcPolicy.Reject)]          // it does not: np=
    public async Task Subdomains_have_their_own_policy(string author, DmarcPolicy expected)
    {
        var dns = new FakeDns().Text("_dmarc.x.test", "v=DMARC1; p=none; sp=quarantine; np=reject").Address("sub.x.test", "192.0.2.1");

        Assert.Equal((DmarcVerdict.Fail, "x.test", expected), await ShortAsync(dns, author));
    }

    [Fact]
    public async Task A_record_between_the_author_and_the_organisation_is_not_the_policy()
    {
        var dns = new FakeDns().Text("_dmarc.x.test", "v=DMARC1; p=reject").Text("_dmarc.b.x.test", "v=DMARC1; p=none").Address("a.b.x.test", "192.0.2.1");

        Assert.Equal((DmarcVerdict.Fail, "x.test", DmarcPolicy.Reject), await ShortAsync(dns, "a.b.x.test"));
    }

    [Fact]
    public async Task Below_a_public_suffix_each_name_is_an_organisation()
    {
        var dns = new FakeDns().Text("_dmarc.gov", "v=DMARC1; psd=y; p=reject; np=reject").Address("a.gov", "192.0.2.1").Address("m.a.gov", "192.0.2.1");

        Assert.Equal(DmarcVerdict.Pass, (await JudgeAsync(dns, "m.a.gov", dkim: "a.gov")).Verdict);
        Assert.Equal(DmarcVerdict.Fail, (await JudgeAsync(dns, "m.a.gov", dkim: "b.gov")).Verdict);
        Assert.Equal(DmarcVerdict.Fail, (await JudgeAsync(dns, "m.a.gov", dkim: "gov")).Verdict);
        Assert.Equal((DmarcVerdict.Fail, "gov", DmarcPolicy.Reject), await ShortAsync(dns, "a.gov"));
    }

    [Fact]
    public async Task A_part_that_says_psd_n_is_an_organisation_of_its_own()
    {
        var dns = new FakeDns().Text("_dmarc.x.test", "v=DMARC1; p=reject").Text("_dmarc.uni.x.test", "v=DMARC1; p=none; psd=n");

        Assert.Equal(DmarcVerdict.Fail, (await JudgeAsync(dns, "uni.x.test", dkim: "x.test")).Verdict);
        Assert.Equal(DmarcVerdict.Pass, (await JudgeAsync(dns, "uni.x.test", dkim: "a.uni.x.test")).Verdict);
    }

    [Fact]
    public async Task A_walk_asks_eight_questions_at_most()
    {
        var dns = new FakeDns();
        await JudgeAsync(dns, "a.b.c.d.e.f.g.h.i.j.example.com");

        Assert.Equal(
            ["_dmarc.a.b.c.d.e.f.g.h.i.j.example.com", "_dmarc.f.g.h.i.j.example.com", "_dmarc.g.h.i.j.example.com", "_dmarc.h.i.j.example.com",
                "_dmarc.i.j.example.com", "_dmarc.j.example.com", "_dmarc.example.com", "_dmarc.com"],
            dns.Questions.Select(question => question.Name));
    }

    [Fact]
    public async Task A_long_name_finds_the_record_of_its_organisation()
    {
        var dns = new FakeDns().Text("_dmarc.example.com", "v=DMARC1; p=reject");

        Assert.Equal(DmarcVerdict.Pass, (await JudgeAsync(dns, "a.b.c.d.e.f.g.h.i.j.example.com", spf: "example.com")).Verdict);
    }

    [Fact]
    public async Task Each_name_is_asked_for_once_whatever_the_number_of_signatures()
    {
        var dns = new FakeDns().Text("_dmarc.x.test", "v=DMARC1; p=reject").Address("a.x.test", "192.0.2.1");
        await new DmarcEvaluator(dns).EvaluateAsync("a.x.test", "b.y.test", ["c.y.test", "c.y.test", "y.test", "test"], Ct);

        Assert.Equal(dns.Questions.Distinct().Count(), dns.Questions.Count);
    }

    [Fact]
    public async Task Broken_dns_is_a_passing_trouble() =>
        Assert.Equal(DmarcVerdict.TempError, (await JudgeAsync(new FakeDns().Broken("_dmarc.x.test", DnsType.Txt), "x.test")).Verdict);

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    public async Task Without_an_author_there_is_nothing_to_ask(string author) =>
        Assert.Equal(DmarcVerdict.PermError, (await JudgeAsync(new FakeDns(), author)).Verdict);

    private static async Task<(DmarcVerdict, string?, DmarcPolicy)> ShortAsync(FakeDns dns, string author) =>
        await JudgeAsync(dns, author) is var result ? (result.Verdict, result.PolicyDomain, result.Policy) : default;

    private static ValueTask<DmarcResult> JudgeAsync(FakeDns dns, string author, string? spf = null, string? dkim = null) =>
        new DmarcEvaluator(dns).EvaluateAsync(author, spf, dkim is null ? [] : [dkim], Ct);
}
