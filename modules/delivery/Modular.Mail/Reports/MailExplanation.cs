using Modular.Mail.Mime;
using Modular.Mail.Reports.Aggregate;

namespace Modular.Mail.Reports;

/// <summary>What any mail or report file is, as one line of JSON: a domain's report by its figures, a feedback report by its fields, all else by the classifier's verdict.</summary>
public static class MailExplanation
{
    public static string ToJson(string file, ReadOnlyMemory<byte> octets)
    {
        if (DomainReportReader.MayBeReport(octets.Span))
            return DomainReportExplanation.ToJson(file, DomainReportReader.ReadFile(octets));
        var message = MimeMessage.Parse(octets);
        if (DomainReportReader.Read(message) is { } reports)
            return DomainReportExplanation.ToJson(file, reports);
        var verdict = BounceClassifier.Classify(message);
        return verdict.Kind is ReturnedMailKind.FeedbackReport && FeedbackReportReader.Read(message) is { } report
            ? FeedbackExplanation.ToJson(file, message, verdict, report)
            : BounceExplanation.ToJson(file, verdict);
    }
}
