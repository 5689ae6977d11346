using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Modular.Mail.Reports.Aggregate;

/// <summary>The figures of a DMARC or TLS report as one line of JSON, for people who ask and for tools that compare readers.</summary>
public static class DomainReportExplanation
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string ToJson(string file, DomainReports reports)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            var kind = reports.Kind is DomainReportKind.Tls ? "tls-rpt" : "dmarc-aggregate";
            json.WriteStartObject();
            json.WriteString("file", file);
            json.WriteString("class", kind);
            json.WriteString("kind", kind);
            json.WriteBoolean("usable", reports.IsUsable);
            json.WriteStartArray("reports");
            foreach (var report in reports.Dmarc)
                Write(json, report);
            foreach (var report in reports.Tls)
                Write(json, report);
            json.WriteEndArray();
            json.WriteString("rule", reports.Kind is DomainReportKind.Tls ? "RFC 8460 §4" : "RFC 9990 §3.1");
            json.WriteString("evidence", reports.Refusal ?? Evidence(reports));
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static string Evidence(DomainReports reports) => reports.Dmarc is [var dmarc, ..]
        ? $"report {dmarc.ReportId} of {dmarc.OrgName ?? dmarc.Email} about {dmarc.Domain}"
        : $"report {reports.Tls[0].ReportId} of {reports.Tls[0].OrganizationName}";

    private static void Write(Utf8JsonWriter json, DmarcReport report)
    {
        json.WriteStartObject();
        Write(json, "container", report.Container);
        json.WriteBoolean("strict_xml", report.IsStrictXml);
        json.WriteString("org_name", report.OrgName);
        json.WriteString("email", report.Email);
        json.WriteString("report_id", report.ReportId);
        Write(json, "begin", report.BeginsAt);
        Write(json, "end", report.EndsAt);
        Write(json, "errors", report.Errors);
        json.WriteString("domain", report.Domain);
        json.WriteString("p", report.Policy);
        json.WriteString("sp", report.SubdomainPolicy);
        json.WriteString("np", report.NonexistentPolicy);
        Write(json, "pct", report.Percent);
        json.WriteString("adkim", report.DkimAlignment);
        json.WriteString("aspf", report.SpfAlignment);
        json.WriteString("fo", report.FailureOptions);
        json.WriteNumber("n_records", report.Records.Count);
        json.WriteStartObject("totals");
        json.WriteNumber("messages", report.Messages);
        json.WriteNumber("dmarc_pass", report.Passed);
        foreach (var byDisposition in report.Records.GroupBy(r => r.Disposition))
            json.WriteNumber($"disposition_{byDisposition.Key ?? "None"}", byDisposition.Sum(r => r.Count));
        json.WriteEndObject();
        json.WriteStartArray("records");
        foreach (var record in report.Records)
            Write(json, record);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, DmarcRecord record)
    {
        json.WriteStartObject();
        json.WriteString("source_ip", record.SourceIp);
        json.WriteNumber("count", record.Count);
        json.WriteString("disposition", record.Disposition);
        json.WriteString("dkim", record.Dkim);
        json.WriteString("spf", record.Spf);
        json.WriteString("header_from", record.HeaderFrom);
        json.WriteStartArray("auth_dkim");
        foreach (var result in record.DkimResults)
            Write(json, null, [result.Domain, result.Selector, result.Result]);
        json.WriteEndArray();
        json.WriteStartArray("auth_spf");
        foreach (var result in record.SpfResults)
            Write(json, null, [result.Domain, result.Result]);
        json.WriteEndArray();
        json.WriteStartArray("reasons");
        foreach (var reason in record.Overrides)
            Write(json, null, [reason.Type, reason.Comment]);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TlsReport report)
    {
        json.WriteStartObject();
        Write(json, "container", report.Container);
        json.WriteString("organization_name", report.OrganizationName);
        json.WriteString("report_id", report.ReportId);
        json.WriteString("contact_info", report.ContactInfo);
        json.WriteString("start", report.StartsAt);
        json.WriteString("end", report.EndsAt);
        json.WriteStartArray("policies");
        foreach (var policy in report.Policies)
        {
            json.WriteStartObject();
            json.WriteString("type", policy.Type);
            json.WriteString("domain", policy.Domain);
            Write(json, "success", policy.Succeeded);
            Write(json, "failure", policy.Failed);
            json.WriteStartArray("failure_details");
            foreach (var failure in policy.Failures)
            {
                json.WriteStartObject();
                Optional(json, "result-type", failure.ResultType);
                if (failure.Sessions is { } sessions)
                    json.WriteNumber("failed-session-count", sessions);
                Optional(json, "receiving-mx-hostname", failure.ReceivingHost);
                Optional(json, "sending-mta-ip", failure.SendingIp);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string? name, IReadOnlyList<string?> texts)
    {
        if (name is not null)
            json.WritePropertyName(name);
        json.WriteStartArray();
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }

    private static void Optional(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
            json.WriteString(name, text);
    }
}
