using Modular.Mail.Mime;

namespace Modular.Mail.Reports;

/// <summary>Reads feedback reports (RFC 5965), also those without the fields that the standard requires, and the other forms that providers send.</summary>
public static class FeedbackReportReader
{
    private const int MostRecipients = 100;

    /// <summary>Null when the message is no feedback report.</summary>
    public static FeedbackReport? Read(MimeMessage message) => Read(message, null);

    /// <param name="text">The message's words, where they have been read already.</param>
    internal static FeedbackReport? Read(MimeMessage message, BounceText? text)
    {
        foreach (var part in message.Body.Descend())
        {
            if (part.ContentType.Is("message", "feedback-report") && ReportParts.Groups(part) is [var fields, ..])
                return Read(fields);
        }

        return FromMislabelled(message) ?? FromJmrp(message) ?? FromUnsubscribeField(message) ?? FromWords(message, text ?? BounceText.Of(message, BounceRules.Default));
    }

    /// <summary>The header fields of the mail that is complained about; null when the report returns none.</summary>
    public static HeaderList? ReportedHeaders(MimeMessage message) => ReportParts.OriginalHeaders(message);

    /// <summary>
    /// Whom the report is about, as far as it says so, and where: its fields for envelope recipients, for removal, then the recipients of the reported mail.
    /// Hidden ones are left out. Not proved: trust the return path of the reported mail first.
    /// </summary>
    public static (IReadOnlyList<string> Addresses, string Source) Complainants(MimeMessage message, FeedbackReport report)
    {
        if (Named(report.OriginalRcptTo.Select(a => a.ToString())) is { Count: > 0 } recipients)
            return (recipients, report.Format switch { FeedbackFormat.Jmrp => "X-HmXmrOriginalRecipient", FeedbackFormat.Json => "complained recipients", FeedbackFormat.Words => "header From", _ => "Original-Rcpt-To" });
        if (Named(report.RemovalRecipients.Select(a => a.ToString())) is { Count: > 0 } removals)
            return (removals, "Removal-Recipient");
        if (ReportedHeaders(message) is { } original && Named(original.All("To").SelectMany(f => AddressList.Parse(f.Value)).Select(m => m.Address)) is { Count: > 0 } to)
            return (to, "original To");
        return ([], "");
    }

    private static List<string> Named(IEnumerable<string> addresses) =>
        [.. addresses.Where(a => a.Contains('@', StringComparison.Ordinal)).Distinct(StringComparer.OrdinalIgnoreCase).Take(MostRecipients)];

    /// <summary>The fields in a part of another type: only where the message calls itself such a report, or the part has nothing else in it.</summary>
    private static FeedbackReport? FromMislabelled(MimeMessage message)
    {
        var saysSo = message.Body.ContentType["report-type"]?.Equals("feedback-report", StringComparison.OrdinalIgnoreCase) is true;
        foreach (var part in message.Body.Descend().Where(p => !p.IsMultipart && p.Message is null && p.ContentType.Type is "text" or "application"))
        {
            if (!part.RawBody.Span.ContainsFeedbackType())
                continue;
            foreach (var fields in ReportParts.Groups(part))
            {
                if (fields.Find("Feedback-Type") is not null && (saysSo || (fields.Find("User-Agent") is not null && fields.Find("Version") is not null)))
                    return Read(fields);
            }
        }

        return null;
    }

    private static FeedbackReport? FromJmrp(MimeMessage message)
    {
        var attached = message.Body.Descend().FirstOrDefault(p => p.Message is not null)?.Message;
        if ((attached?.Headers ?? ReportedHeaders(message))?.Find("X-HmXmrOriginalRecipient") is not { } field)
            return null;
        return new FeedbackReport
        {
            Type = FeedbackType.Abuse,
            Format = FeedbackFormat.Jmrp,
            UserAgent = HeaderText.Clean("JMRP"),
            OriginalRcptTo = [.. AddressList.Parse(field.Value).Take(MostRecipients).Select(m => HeaderText.Clean(m.Address))],
            Rule = "field: X-HmXmrOriginalRecipient",
        };
    }

    /// <summary>Apple's mail programs send this instead of the List-Unsubscribe mail that its address would have taken.</summary>
    private static FeedbackReport? FromUnsubscribeField(MimeMessage message)
    {
        if (message.Headers.Find("X-Apple-Unsubscribe")?.Value.Equals("true", StringComparison.OrdinalIgnoreCase) is not true)
            return null;
        return InWords(FeedbackType.OptOut, message, "field: X-Apple-Unsubscribe");
    }

    private static FeedbackReport? FromWords(MimeMessage message, BounceText text)
    {
        if (JsonNotice.Read(text.Lines).Where(r => r.Event is NoticeEvent.Complaint).ToList() is { Count: > 0 } complained)
        {
            return new FeedbackReport
            {
                Type = FeedbackType.Abuse,
                Format = FeedbackFormat.Json,
                UserAgent = HeaderText.Clean(complained[0].EventWord),
                OriginalRcptTo = [.. complained.Select(r => HeaderText.Clean(r.Address))],
                Rule = "a provider's JSON",
            };
        }

        var subject = message.Subject ?? "";
        if ((BounceRules.Default.Find("auth-failure subject", subject) ?? text.Lines.Take(20).Select(l => BounceRules.Default.Find("auth-failure", l)).FirstOrDefault(r => r is not null)) is { } rule)
            return InWords(FeedbackType.AuthFailure, null, rule);
        return null;
    }

    private static FeedbackReport InWords(FeedbackType type, MimeMessage? from, string rule) => new()
    {
        Type = type,
        Format = FeedbackFormat.Words,
        UserAgent = default,
        OriginalRcptTo = from is null ? [] : [.. from.From.Take(1).Select(m => HeaderText.Clean(m.Address))],
        Rule = rule,
    };

    private static FeedbackReport Read(HeaderList fields) => new()
    {
        Type = ReadType(fields.Find("Feedback-Type")?.Value),
        UserAgent = Text(fields, "User-Agent"),
        OriginalMailFrom = Address(fields.Find("Original-Mail-From")?.Value),
        OriginalRcptTo = Addresses(fields, "Original-Rcpt-To"),
        RemovalRecipients = Addresses(fields, "Removal-Recipient"),
        OriginalEnvelopeId = Text(fields, "Original-Envelope-Id"),
        SourceIp = Text(fields, "Source-IP"),
        ReportingMta = HeaderText.Clean(TypedText.Read(fields.Find("Reporting-MTA")?.Value ?? "")),
        ReportedDomain = Text(fields, "Reported-Domain"),
        ArrivedAt = (fields.Find("Arrival-Date") ?? fields.Find("Received-Date"))?.Value is { } date && MailDate.TryParse(date, out var arrivedAt) ? arrivedAt : null,
        Fields = fields,
    };

    private static FeedbackType ReadType(string? value) => value?.Trim().ToLowerInvariant() switch
    {
        "abuse" or "miscategorized" or "complaint" or "spam" => FeedbackType.Abuse,
        "fraud" => FeedbackType.Fraud,
        "virus" => FeedbackType.Virus,
        "not-spam" => FeedbackType.NotSpam,
        "opt-out" or "opt-out-list" => FeedbackType.OptOut,
        "auth-failure" or "dkim" or "spf" or "dmarc" => FeedbackType.AuthFailure,
        _ => FeedbackType.Other,
    };

    private static HeaderText Text(HeaderList fields, string name) => HeaderText.Clean(fields.Find(name)?.Value);

    private static List<HeaderText> Addresses(HeaderList fields, string name) =>
        [.. fields.All(name).Take(MostRecipients).Select(field => Address(field.Value)).Where(address => !address.IsEmpty)];

    private static HeaderText Address(string? value) => HeaderText.Clean(value is null ? null : TypedText.ReadAddress(value));

    private static bool ContainsFeedbackType(this ReadOnlySpan<byte> body) => body.IndexOf("eedback-"u8) >= 0;
}
