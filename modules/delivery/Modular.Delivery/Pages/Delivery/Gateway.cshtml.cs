using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Modular.Delivery.Gateway;
using Modular.Mail.Reports.Aggregate;

namespace Modular.Delivery.Pages.Delivery;

[NeedsPermission(Permissions.DeliveryRead), NeedsNoLimit(LimitKinds.Any)]
internal sealed class GatewayModel(TenantDb db, SmtpPorts ports, IOptions<DeliverySettings> settings, TimeProvider time) : PageModel
{
    private const string Latest = "select received_at, kind, recipient_id, verdict from inbound order by inbound_id desc limit 50";

    private const string Reports = """
        select kind, domain, reporter, ends_at, policy, total, passed from domain_report order by received_at desc, report_id desc limit 20
        """;

    private const string Strangers = """
        select l.source, l.words, sum(l.total)::bigint as total
          from domain_report_line l join domain_report r using (report_id)
         where not l.passed and r.received_at > @since
         group by l.source, l.words order by 3 desc limit 10
        """;

    private static readonly TimeSpan LookBack = TimeSpan.FromDays(30);

    public IReadOnlyList<ReportRow> DomainReports { get; private set; } = [];

    public IReadOnlyList<FailureRow> Failures { get; private set; } = [];

    public IReadOnlyList<Row> Rows { get; private set; } = [];

    public string ReturnDomain => settings.Value.ReturnDomain;

    public string Feedback => settings.Value.Gateway.FeedbackAddress + "@" + ReturnDomain;

    public string Report => settings.Value.Gateway.ReportAddress + "@" + ReturnDomain;

    public int Port => ports.Gateway;

    public string Sentence => Rows.Count(row => row.Verdict is null) is var unread and > 0
        ? $"{unread} mails wait to be read."
        : "Everything that came back has been read.";

    public async Task OnGetAsync(CancellationToken ct)
    {
        var tenant = HttpContext.Caller.Tenant;
        Rows = await db.ListAsync<Row>(tenant, Latest, null, ct);
        DomainReports = await db.ListAsync<ReportRow>(tenant, Reports, null, ct);
        if (DomainReports.Count > 0) Failures = await db.ListAsync<FailureRow>(tenant, Strangers, new { since = time.GetUtcNow() - LookBack }, ct);
    }

    internal sealed record Row(DateTimeOffset ReceivedAt, string Kind, long? RecipientId, string? Verdict);

    internal sealed record ReportRow(short Kind, string Domain, string Reporter, DateTimeOffset EndsAt, string? Policy, long Total, long Passed)
    {
        public bool IsTls => Kind is (short)DomainReportKind.Tls;
    }

    internal sealed record FailureRow(string Source, string Words, long Total);
}
