using System.Text;
using Modular.Mail.Reports.Aggregate;

namespace Modular.Mail.Tests.Reports;

/// <summary>TLS reports that are not what they should be.</summary>
public sealed class TlsReportTests
{
    private const string Report = """
        {"organization-name": "Exampl?", "report-id": "r1", "date-range": {"start-datetime": "2026-01-01T00:00:00Z", "end-datetime": "2026-01-01T23:59:59Z"},
         "policies": [{"policy": {"policy-type": "sts", "policy-domain": "example.com"}, "summary": {"total-successful-session-count": 5, "total-failure-session-count": 2}}]}
        """;

    [Fact]
    public void A_name_in_another_character_set_costs_its_letter_and_not_the_figures()
    {
        var report = Assert.Single(DomainReportReader.ReadFile(Encoding.Latin1.GetBytes(Report.Replace('?', 'é'))).Tls);

        Assert.Equal("Exampl\ufffd", report.OrganizationName);
        Assert.Equal((5, 2), (report.Succeeded, report.Failed));
    }

    [Fact]
    public void Text_that_is_no_Unicode_makes_it_unusable_and_says_so()
    {
        var reports = DomainReportReader.ReadFile(Encoding.UTF8.GetBytes(Report.Replace("?", "\\ud800", StringComparison.Ordinal)));

        Assert.False(reports.IsUsable);
        Assert.Contains("no Unicode", reports.Refusal, StringComparison.Ordinal);
    }
}
