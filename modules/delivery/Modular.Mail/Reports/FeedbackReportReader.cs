using Modular.Mail.Mime;

namespace Modular.Mail.Reports;

/// <summary>Reads feedback reports (RFC 5965), also those without the fields that the standard requires.</summary>
public static class FeedbackReportReader
{
    private const int MostRecipients = 100;

    /// <summary>Null when no part of the message is a feedback report.</summary>
    public static FeedbackReport? Read(MimeMessage message)
    {
        foreach (var part in message.Body.Descend())
        {
            if (part.ContentType.Is("message", "feedback-report") && ReportParts.Groups(part) is [var fields, ..])
                return Read(fields);
        }

        return null;
    }

    /// <summary>The header fields of the mail that is complained about; null when the report returns none.</summary>
    public static HeaderList? ReportedHeaders(MimeMessage message) => ReportParts.OriginalHeaders(message);

    private static FeedbackReport Read(HeaderList fields) => new()
    {
        Type = ReadType(fields.Find("Feedback-Type")?.Value),
        UserAgent = Text(fields, "User-Agent"),
        OriginalMailFrom = Address(fields.Find("Original-Mail-From")?.Value),
        OriginalRcptTo = [.. fields.All("Original-Rcpt-To").Take(MostRecipients).Select(field => Address(field.Value)).Where(address => !address.IsEmpty)],
        OriginalEnvelopeId = Text(fields, "Original-Envelope-Id"),
        SourceIp = Text(fields, "Source-IP"),
        ReportingMta = HeaderText.Clean(TypedText.Read(fields.Find("Reporting-MTA")?.Value ?? "")),
        ReportedDomain = Text(fields, "Reported-Domain"),
        ArrivedAt = (fields.Find("Arrival-Date") ?? fields.Find("Received-Date"))?.Value is { } date && MailDate.TryParse(date, out var arrivedAt) ? arrivedAt : null,
    };

    private static FeedbackType ReadType(string? value) => value?.Trim().ToLowerInvariant() switch
    {
        "abuse" or "miscategorized" or "complaint" => FeedbackType.Abuse,
        "fraud" => FeedbackType.Fraud,
        "virus" => FeedbackType.Virus,
        "not-spam" => FeedbackType.NotSpam,
        "opt-out" or "opt-out-list" => FeedbackType.OptOut,
        "auth-failure" or "dkim" => FeedbackType.AuthFailure,
        _ => FeedbackType.Other,
    };

    private static HeaderText Text(HeaderList fields, string name) => HeaderText.Clean(fields.Find(name)?.Value);

    private static HeaderText Address(string? value) => HeaderText.Clean(value is null ? null : TypedText.ReadAddress(value));
}
