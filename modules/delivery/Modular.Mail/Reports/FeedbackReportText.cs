using Modular.Mail.Mime;
using Modular.Mail.Text;

namespace Modular.Mail.Reports;

/// <summary>A feedback report in words and in fields.</summary>
internal static class FeedbackReportText
{
    public static string Words(FeedbackReport report) =>
        $"This is a report, of the kind \"{TypeWord(report.Type)}\", about a mail that was received{(report.SourceIp.IsEmpty ? "" : $" from {report.SourceIp}")}.\nThe mail is attached.\n";

    public static string TypeWord(FeedbackType type) => type switch
    {
        FeedbackType.Abuse => "abuse",
        FeedbackType.Fraud => "fraud",
        FeedbackType.Virus => "virus",
        FeedbackType.NotSpam => "not-spam",
        FeedbackType.OptOut => "opt-out",
        FeedbackType.AuthFailure => "auth-failure",
        _ => "other",
    };

    /// <summary>Feedback-Type, User-Agent and Version are required and stand once (RFC 5965 §3.1).</summary>
    public static void WriteFields(FeedbackReport report, ref ByteCursor cursor)
    {
        ReportWriter.Line(ref cursor, "Feedback-Type", TypeWord(report.Type));
        ReportWriter.Line(ref cursor, "User-Agent", report.UserAgent.ToString());
        ReportWriter.Line(ref cursor, "Version", "1");
        if (!report.OriginalEnvelopeId.IsEmpty)
            ReportWriter.Line(ref cursor, "Original-Envelope-Id", report.OriginalEnvelopeId.ToString());
        if (!report.OriginalMailFrom.IsEmpty)
            ReportWriter.Line(ref cursor, "Original-Mail-From", $"<{report.OriginalMailFrom}>");
        foreach (var recipient in report.OriginalRcptTo)
            ReportWriter.Line(ref cursor, "Original-Rcpt-To", $"<{recipient}>");
        if (report.ArrivedAt is { } arrivedAt)
            ReportWriter.Line(ref cursor, "Arrival-Date", MailDate.Format(arrivedAt));
        if (!report.ReportingMta.IsEmpty)
            ReportWriter.Line(ref cursor, "Reporting-MTA", $"dns; {report.ReportingMta}");
        if (!report.SourceIp.IsEmpty)
            ReportWriter.Line(ref cursor, "Source-IP", report.SourceIp.ToString());
        if (!report.ReportedDomain.IsEmpty)
            ReportWriter.Line(ref cursor, "Reported-Domain", report.ReportedDomain.ToString());
    }
}
