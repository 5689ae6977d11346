using System.Globalization;
using System.Text;
using Modular.Mail.Mime;
using Modular.Mail.Text;

namespace Modular.Mail.Reports;

/// <summary>A delivery report in words and in fields.</summary>
internal static class DeliveryReportText
{
    public static string Words(DeliveryReport report)
    {
        var words = new StringBuilder();
        words.Append(CultureInfo.InvariantCulture, $"This is the mail system at {(report.ReportingMta.IsEmpty ? "your provider" : report.ReportingMta)}.\n");
        foreach (var recipient in report.Recipients)
        {
            words.Append(CultureInfo.InvariantCulture, $"\nYour mail to <{recipient.FinalRecipient}> {Outcome(recipient)}\n");
            if (!recipient.RemoteMta.IsEmpty)
                words.Append(CultureInfo.InvariantCulture, $"The host {recipient.RemoteMta} answered:\n");
            if (!recipient.DiagnosticCode.IsEmpty)
                words.Append(CultureInfo.InvariantCulture, $"    {recipient.DiagnosticCode}\n");
        }

        return words.ToString();
    }

    /// <summary>The per-message group and one group per recipient, an empty line between them (RFC 3464 §2.1).</summary>
    public static void WriteFields(DeliveryReport report, ref ByteCursor cursor)
    {
        Optional(ref cursor, "Original-Envelope-Id", report.OriginalEnvelopeId.ToString());
        ReportWriter.Line(ref cursor, "Reporting-MTA", $"dns; {(report.ReportingMta.IsEmpty ? "unknown" : report.ReportingMta)}");
        if (report.ArrivedAt is { } arrivedAt)
            ReportWriter.Line(ref cursor, "Arrival-Date", MailDate.Format(arrivedAt));
        foreach (var recipient in report.Recipients)
        {
            cursor.EndLine();
            if (!recipient.OriginalRecipient.IsEmpty)
                ReportWriter.Line(ref cursor, "Original-Recipient", TypedText.WriteAddress(recipient.OriginalRecipient));
            ReportWriter.Line(ref cursor, "Final-Recipient", TypedText.WriteAddress(recipient.FinalRecipient));
            ReportWriter.Line(ref cursor, "Action", recipient.Action!.Value.ToString().ToLowerInvariant()); // checked by the writer
            ReportWriter.Line(ref cursor, "Status", recipient.Status.ToString());
            if (!recipient.RemoteMta.IsEmpty)
                ReportWriter.Line(ref cursor, "Remote-MTA", $"dns; {recipient.RemoteMta}");
            if (!recipient.DiagnosticCode.IsEmpty)
                ReportWriter.Line(ref cursor, "Diagnostic-Code", $"smtp; {recipient.DiagnosticCode}");
            if (recipient.LastAttemptAt is { } lastAttemptAt)
                ReportWriter.Line(ref cursor, "Last-Attempt-Date", MailDate.Format(lastAttemptAt));
            if (recipient.WillRetryUntil is { } until)
                ReportWriter.Line(ref cursor, "Will-Retry-Until", MailDate.Format(until));
        }
    }

    private static void Optional(ref ByteCursor cursor, string name, string value)
    {
        if (value.Length > 0)
            ReportWriter.Line(ref cursor, name, value);
    }

    private static string Outcome(RecipientReport recipient) => recipient.Action switch
    {
        DeliveryAction.Failed => $"could not be delivered ({recipient.Status}). It will not be tried again.",
        DeliveryAction.Delayed => $"has not been delivered yet ({recipient.Status}). You need not send it again.",
        DeliveryAction.Relayed => "was handed to a mail system that sends no confirmation.",
        DeliveryAction.Expanded => "was handed on to several recipients.",
        _ => "was delivered.",
    };
}
