using Modular.Mail.TransportSecurity;

namespace Modular.Mail.Tests.TransportSecurity;

public sealed class MtaStsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("v=STSv1; id=20160831085700Z;", "20160831085700Z")]
    [InlineData("v=STSv1;id=1", "1")]
    [InlineData("v=STSv1 ; a=b; id=Z9 ;", "Z9")]
    [InlineData("v=STSv1; id=", null)]
    [InlineData("v=STSv1; id=a-b", null)]
    [InlineData("v=STSv1; id=123456789012345678901234567890123", null)]
    [InlineData("v=STSv1", null)]
    [InlineData("v=STSv11; id=1", null)]
    [InlineData("V=STSv1; id=1", null)]
    [InlineData(" v=STSv1; id=1", null)]
    [InlineData("v=spf1 -all", null)]
    public void A_record_names_the_policy_or_is_none(string text, string? id) => Assert.Equal(id, MtaStsRecord.FindId([text]));

    [Fact]
    public void Other_records_do_not_count_and_two_are_as_good_as_none()
    {
        Assert.Equal("1", MtaStsRecord.FindId(["v=spf1 -all", "v=STSv1; id=1", "google-site-verification=x"]));
        Assert.Null(MtaStsRecord.FindId(["v=STSv1; id=1", "v=STSv1; id=2"]));
        Assert.Null(MtaStsRecord.FindId([]));
    }

    [Theory]
    [InlineData("version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmax_age: 604800\r\n", MtaStsMode.Enforce, 2, 604800)]
    [InlineData("max_age: 1\nmx:a.example\nmode:testing\nversion:STSv1", MtaStsMode.Testing, 1, 1)]
    [InlineData("version: STSv1\nmode: none\nmax_age: 0\n\n", MtaStsMode.None, 0, 0)]
    [InlineData("version: STSv1\nmode: enforce\nmode: none\nmx: a.example\nmax_age: 9999999999\nother: x", MtaStsMode.Enforce, 1, 31_557_600)]
    public void A_policy_is_read(string text, MtaStsMode mode, int patterns, int maxAge)
    {
        var policy = MtaStsPolicy.Parse(Wire(text))!;
        Assert.Equal((mode, patterns, TimeSpan.FromSeconds(maxAge)), (policy.Mode, policy.Patterns.Count, policy.MaxAge));
        var again = MtaStsPolicy.Parse(Wire(policy.ToString()))!;
        Assert.Equal((policy.Mode, policy.MaxAge), (again.Mode, again.MaxAge));
        Assert.Equal(policy.Patterns, again.Patterns);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>not found</html>")]
    [InlineData("version: STSv2\nmode: enforce\nmx: a.example\nmax_age: 1")]
    [InlineData("mode: enforce\nmx: a.example\nmax_age: 1")]
    [InlineData("version: STSv1\nmode: enforce\nmax_age: 1")]
    [InlineData("version: STSv1\nmode: strict\nmx: a.example\nmax_age: 1")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.example")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.example\nmax_age: -1")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 12345678901")]
    [InlineData("version: STSv1\nmode: enforce\nmx: *.*.example\nmax_age: 1")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a b\nmax_age: 1")]
    public void What_is_no_policy_is_none(string text) => Assert.Null(MtaStsPolicy.Parse(Wire(text)));

    [Fact]
    public void A_policy_has_a_largest_size()
    {
        var policy = "version: STSv1\nmode: none\nmax_age: 1\n";
        Assert.NotNull(MtaStsPolicy.Parse(Wire(policy.PadRight(MtaStsPolicy.MaxBytes, '\n'))));
        Assert.Null(MtaStsPolicy.Parse(Wire(policy.PadRight(MtaStsPolicy.MaxBytes + 1, '\n'))));
    }

    [Theory]
    [InlineData("mail.example.com", "mail.example.com", true)]
    [InlineData("mail.example.com", "MAIL.Example.com.", true)]
    [InlineData("mail.example.com", "mail2.example.com", false)]
    [InlineData("*.example.com", "mail.example.com", true)]
    [InlineData("*.example.com", "a.mail.example.com", false)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("*.example.com", ".example.com", false)]
    public void A_pattern_covers_a_host_or_not(string pattern, string host, bool covers) =>
        Assert.Equal(covers, new MtaStsPolicy(MtaStsMode.Enforce, [pattern], TimeSpan.FromDays(1)).Covers(host));

    [Theory]
    [InlineData(null, null, 0, null, PolicyStep.Use)]               // no record, nothing kept
    [InlineData("1", null, 0, null, PolicyStep.FetchFirst)]         // a record, nothing kept
    [InlineData("1", "1", 1, null, PolicyStep.Use)]                 // what is kept is what is meant
    [InlineData("1", "1", 30, null, PolicyStep.UseAndRefresh)]      // and grows old
    [InlineData("2", "1", 1, null, PolicyStep.FetchFirst)]          // the domain has a new one
    [InlineData(null, "1", 30, null, PolicyStep.Use)]               // the record is gone: what is kept holds (RFC 8461 §5.1)
    [InlineData("1", "1", 8 * 24, null, PolicyStep.FetchFirst)]     // too old to hold
    [InlineData("2", "1", 1, 1, PolicyStep.Use)]                    // a minute ago it could not be had
    [InlineData("2", "1", 1, 5, PolicyStep.FetchFirst)]             // now it may be tried again
    [InlineData("1", null, 0, 4, PolicyStep.Use)]
    public void A_policy_is_fetched_when_it_must_be(string? id, string? keptId, int ageHours, int? failedMinutesAgo, PolicyStep expected)
    {
        var kept = keptId is null ? null : new KeptPolicy(keptId, new MtaStsPolicy(MtaStsMode.Enforce, ["a.example"], TimeSpan.FromDays(7)), Now - TimeSpan.FromHours(ageHours));
        Assert.Equal(expected, PolicyRefresh.Decide(id, kept, failedMinutesAgo is { } minutes ? Now - TimeSpan.FromMinutes(minutes) : null, Now));
    }

    [Fact]
    public void No_bytes_break_a_policy_or_a_record_and_what_is_read_is_bounded()
    {
        string[] pieces = ["version", "mode", "mx", "max_age", ":", " ", "STSv1", "enforce", "testing", "none", "*.", "a.example", "\r\n", "\n", "\r", "\0", "ä", "99999999999", "1", "v=", ";", "id=", "=", ".", "-"];
        var random = new Random(21);
        for (var run = 0; run < 50_000; run++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => pieces[random.Next(pieces.Length)]));
            if (run % 2 is 0)
                text = "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 1\n" + text;
            MtaStsRecord.FindId([text, "v=STSv1;" + text]);
            if (MtaStsPolicy.Parse(Wire(text)) is not { } policy)
                continue;
            Assert.InRange(policy.MaxAge, TimeSpan.Zero, TimeSpan.FromDays(366));
            Assert.True(policy.Patterns.Count > 0 || policy.Mode is MtaStsMode.None);
            policy.Covers(text);
        }
    }

    private static byte[] Wire(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
