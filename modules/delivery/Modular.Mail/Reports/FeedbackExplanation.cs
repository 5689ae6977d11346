using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Modular.Mail.Mime;

namespace Modular.Mail.Reports;

/// <summary>What a feedback report says, as one line of JSON: the report's fields, the mail that it is about, and whom it names.</summary>
public static class FeedbackExplanation
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Fields of which a report may have several (RFC 5965 §3.2).</summary>
    private static readonly string[] Repeated = ["original_rcpt_to", "reported_domain", "reported_uri", "authentication_results"];

    public static string ToJson(string file, MimeMessage message, BounceVerdict verdict, FeedbackReport report)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            json.WriteString("file", file);
            json.WriteString("class", "arf");
            json.WriteString("format", FormatWord(report.Format));
            json.WriteString("feedback_type", FeedbackReportText.TypeWord(report.Type));
            json.WriteStartArray("recipients");
            foreach (var recipient in verdict.Recipients)
                BounceExplanation.Write(json, recipient, verdict.Kind);
            json.WriteEndArray();
            WriteFields(json, report);
            WriteOriginal(json, message);
            var (complainants, source) = FeedbackReportReader.Complainants(message, report);
            json.WriteStartArray("complainants");
            foreach (var complainant in complainants)
                json.WriteStringValue(complainant);
            json.WriteEndArray();
            json.WriteString("complainant_source", source.Length > 0 ? source : null);
            json.WriteBoolean("is_spam_report", report.IsComplaint);
            json.WriteBoolean("is_auth_failure_report", report.Type is FeedbackType.AuthFailure);
            json.WriteString("rule", verdict.Rule);
            json.WriteString("evidence", verdict.Evidence);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void WriteFields(Utf8JsonWriter json, FeedbackReport report)
    {
        json.WriteStartObject("report");
        if (report.Fields.Count is 0)
            json.WriteString("feedback_type", FeedbackReportText.TypeWord(report.Type));
        foreach (var fields in report.Fields.GroupBy(f => f.Name.ToLowerInvariant().Replace('-', '_')))
        {
            if (!Repeated.Contains(fields.Key))
            {
                json.WriteString(fields.Key, fields.First().Value);
                continue;
            }

            json.WriteStartArray(fields.Key);
            foreach (var field in fields)
                json.WriteStringValue(field.Value);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteOriginal(Utf8JsonWriter json, MimeMessage message)
    {
        if (FeedbackReportReader.ReportedHeaders(message) is not { } headers)
        {
            json.WriteNull("original");
            return;
        }

        json.WriteStartObject("original");
        json.WriteString("message_id", headers.Find("Message-ID")?.Value);
        json.WriteString("from", headers.All("From").SelectMany(f => AddressList.Parse(f.Value)).FirstOrDefault()?.Address);
        json.WriteStartArray("to");
        foreach (var mailbox in headers.All("To").SelectMany(f => AddressList.Parse(f.Value)).Where(m => m.Address.Contains('@', StringComparison.Ordinal)))
            json.WriteStringValue(mailbox.Address);
        json.WriteEndArray();
        json.WriteString("subject", headers["Subject"]);
        json.WriteString("list_unsubscribe", headers.Find("List-Unsubscribe")?.Value);
        json.WriteEndObject();
    }

    private static string FormatWord(FeedbackFormat format) => format switch
    {
        FeedbackFormat.Arf => "rfc5965",
        FeedbackFormat.Jmrp => "hotmail-jmrp",
        FeedbackFormat.Json => "ses-json",
        _ => "provider-text",
    };
}
