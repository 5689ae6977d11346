using System.Globalization;
using Modular.Mail.Mime;
using Modular.Mail.Reports.Aggregate;

namespace Modular.Delivery.Returns;

/// <summary>Keeps the figures of DMARC and TLS reports with the tenants that they are about. The same report again, whoever sends it, changes nothing.</summary>
internal sealed class DomainReportInbox(TenantDb db, ReportOwners owners, TimeProvider time)
{
    private const int MaxLines = 500, MaxChars = 250;
    private static readonly TimeSpan KeptAge = TimeSpan.FromDays(400);

    private const string Add = """
        insert into domain_report (kind, domain, reporter, reference, begins_at, ends_at, received_at, policy, total, passed)
        values (@kind, @domain, @reporter, @reference, @beginsAt, @endsAt, @now, @policy, @total, @passed)
        on conflict (domain, kind, reporter, reference) do nothing
        returning report_id
        """;

    private const string AddLines = """
        insert into domain_report_line (report_id, position, source, words, total, passed)
        select @reportId, position, source, words, total, passed from unnest(@positions, @sources, @words, @totals, @passed) as l(position, source, words, total, passed)
        """;

    private const string Forget = """
        with old as (
            delete from domain_report where report_id in (select report_id from domain_report where received_at < @before limit 100) returning report_id
        )
        delete from domain_report_line l using old where l.report_id = old.report_id
        """;

    /// <returns>The verdict, for whoever looks the mail up.</returns>
    public async Task<string> StoreAsync(ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        if (DomainReportReader.Read(MimeMessage.Parse(content)) is not { } reports) return "no report is in it";
        if (!reports.IsUsable) return "unusable: " + reports.Refusal;
        int kept = 0, known = 0, foreign = 0;
        foreach (var entry in reports.Dmarc.Select(ToEntry).Concat(reports.Tls.SelectMany(ToEntries)))
        {
            var tenants = await owners.FindAsync(entry.Domain, ct);
            if (tenants.Count is 0) foreign++;
            foreach (var tenant in tenants)
            {
                if (await StoreAsync(tenant, entry, ct)) kept++;
                else known++;
            }
        }
        return string.Create(CultureInfo.InvariantCulture, $"{reports.Kind} report: {kept} kept, {known} known already, {foreign} about domains that nobody here sends from");
    }

    private async Task<bool> StoreAsync(TenantId tenant, Entry entry, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await using var tx = await db.BeginAsync(tenant, ct);
        var added = await tx.ListAsync<long>(Add, new
        {
            kind = (short)entry.Kind,
            domain = entry.Domain,
            reporter = entry.Reporter,
            reference = entry.Reference,
            beginsAt = entry.BeginsAt,
            endsAt = entry.EndsAt,
            now,
            policy = entry.Policy,
            total = entry.Total,
            passed = entry.Passed,
        }, ct);
        if (added is not [var reportId]) return false;
        await tx.RunAsync(AddLines, new
        {
            reportId,
            positions = Enumerable.Range(0, entry.Lines.Count).Select(n => (short)n).ToArray(),
            sources = entry.Lines.Select(line => Cut(line.Source)).ToArray(),
            words = entry.Lines.Select(line => Cut(line.Words)).ToArray(),
            totals = entry.Lines.Select(line => line.Total).ToArray(),
            passed = entry.Lines.Select(line => line.IsPass).ToArray(),
        }, ct);
        await tx.RunAsync(Forget, new { before = now - KeptAge }, ct);
        await tx.CommitAsync(ct);
        return true;
    }

    private static Entry ToEntry(DmarcReport report) => new(
        DomainReportKind.Dmarc, Domain(report.Domain), Cut(report.OrgName ?? report.Email ?? "unnamed"), Cut(report.ReportId ?? Number(report.BeginsAt)),
        Instant(report.BeginsAt), Instant(report.EndsAt), Cut(report.Policy ?? "none"), report.Messages, report.Passed,
        [.. report.Records.OrderByDescending(r => r.Count).Take(MaxLines).Select(r => new Line(
            r.SourceIp ?? "unknown", $"{r.HeaderFrom ?? "?"}: DKIM {r.Dkim ?? "?"}, SPF {r.Spf ?? "?"}, {r.Disposition ?? "?"}", r.Count, r.IsPass))]);

    /// <summary>One entry for each domain: a report may be about several.</summary>
    private static IEnumerable<Entry> ToEntries(TlsReport report) => report.Policies.Where(p => p.Domain is not null).GroupBy(p => Domain(p.Domain)).Select(policies => new Entry(
        DomainReportKind.Tls, policies.Key, Cut(report.OrganizationName ?? report.ContactInfo ?? "unnamed"), Cut(report.ReportId ?? report.StartsAt ?? ""),
        Instant(report.StartsAt), Instant(report.EndsAt), Cut(string.Join(", ", policies.Select(p => p.Type).OfType<string>().Distinct())),
        policies.Sum(p => (p.Succeeded ?? 0) + (p.Failed ?? 0)), policies.Sum(p => p.Succeeded ?? 0),
        [.. policies.SelectMany(p => p.Failures).OrderByDescending(f => f.Sessions ?? 0).Take(MaxLines).Select(f => new Line(
            f.ReceivingHost ?? f.ReceivingIp ?? f.SendingIp ?? "unknown", f.ReasonCode is { } code ? $"{f.ResultType}: {code}" : f.ResultType ?? "failed", f.Sessions ?? 0, false))]));

    private static string Domain(string? domain) => Cut((domain ?? "").Trim().TrimEnd('.').ToLowerInvariant());

    private static string Cut(string text)
    {
        text = text.Replace('\0', ' ');
        return text.Length > MaxChars ? text[..MaxChars] : text;
    }

    private static string Number(long? seconds) => (seconds ?? 0).ToString(CultureInfo.InvariantCulture);

    /// <summary>A time that is none is the epoch: a report's clock is a stranger's.</summary>
    private static DateTimeOffset Instant(long? seconds) => seconds is >= 0 and < 253_402_300_799 and var known ? DateTimeOffset.FromUnixTimeSeconds(known) : DateTimeOffset.UnixEpoch;

    private static DateTimeOffset Instant(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : DateTimeOffset.UnixEpoch;

    private sealed record Entry(
        DomainReportKind Kind, string Domain, string Reporter, string Reference, DateTimeOffset BeginsAt, DateTimeOffset EndsAt, string Policy, long Total, long Passed, IReadOnlyList<Line> Lines);

    private sealed record Line(string Source, string Words, long Total, bool IsPass);
}
