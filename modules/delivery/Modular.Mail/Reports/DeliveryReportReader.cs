using Modular.Mail.Mime;
using Modular.Mail.Smtp;

namespace Modular.Mail.Reports;

/// <summary>Reads delivery status notifications (RFC 3464), also those whose parts are mislabelled or cut off.</summary>
public static class DeliveryReportReader
{
    /// <summary>Null when no part of the message holds a per-recipient group.</summary>
    public static DeliveryReport? Read(MimeMessage message)
    {
        foreach (var part in message.Body.Descend())
        {
            if (IsStatus(part.ContentType) && Read(ReportParts.Groups(part)) is { } report)
                return report;
        }

        return null;
    }

    internal static bool IsStatus(ContentType type) => type.Type is "message" && type.Subtype is "delivery-status" or "global-delivery-status";

    internal static DeliveryReport? Read(IReadOnlyList<HeaderList> groups)
    {
        groups = [.. groups.SelectMany(Split)];
        var recipients = groups.Where(IsRecipientGroup).Select(ReadRecipient).ToList();
        if (recipients.Count is 0)
            return null;
        return new DeliveryReport
        {
            ReportingMta = Text(groups, "Reporting-MTA"),
            OriginalEnvelopeId = HeaderText.Clean(TypedText.UndoXtext(First(groups, "Original-Envelope-Id") ?? "")),
            ArrivedAt = Instant(First(groups, "Arrival-Date")),
            Recipients = recipients,
        };
    }

    /// <summary>Groups that lack the empty line between them part where a second recipient begins.</summary>
    private static IEnumerable<HeaderList> Split(HeaderList group)
    {
        if (group.All("Final-Recipient").Take(2).Count() < 2)
            return [group];
        var groups = new List<HeaderList>();
        var fields = new List<HeaderField>();
        foreach (var field in group)
        {
            var begins = field.Is("Original-Recipient") || (field.Is("Final-Recipient") && !(fields is [.., var before] && before.Is("Original-Recipient")));
            if (begins && fields.Any(f => f.Is("Final-Recipient")))
            {
                groups.Add(new HeaderList(fields, default));
                fields = [];
            }

            fields.Add(field);
        }

        groups.Add(new HeaderList(fields, default));
        return groups;
    }

    private static bool IsRecipientGroup(HeaderList group) =>
        group.Find("Final-Recipient") is not null || group.Find("Original-Recipient") is not null || (group.Find("Action") is not null && group.Find("Status") is not null);

    private static RecipientReport ReadRecipient(HeaderList group) => new()
    {
        FinalRecipient = HeaderText.Clean(TypedText.ReadAddress(group.Find("Final-Recipient")?.Value ?? "")),
        OriginalRecipient = HeaderText.Clean(TypedText.ReadAddress(group.Find("Original-Recipient")?.Value ?? "")),
        Action = ReadAction(group.Find("Action")?.Value),
        Status = ReadStatus(group.Find("Status")?.Value),
        RemoteMta = HeaderText.Clean(TypedText.Read(group.Find("Remote-MTA")?.Value ?? "")),
        DiagnosticCode = HeaderText.Clean(TypedText.Read(group.Find("Diagnostic-Code")?.Value ?? "")),
        LastAttemptAt = Instant(group.Find("Last-Attempt-Date")?.Value),
        WillRetryUntil = Instant(group.Find("Will-Retry-Until")?.Value),
    };

    /// <summary>By its first word: some add a comment, some inflect it.</summary>
    private static DeliveryAction? ReadAction(string? value) => value?.Trim().Split(' ', '\t', '(', ';')[0].ToLowerInvariant() switch
    {
        "failed" or "failure" or "fail" => DeliveryAction.Failed,
        "delayed" or "deferred" => DeliveryAction.Delayed,
        "delivered" or "deliverable" => DeliveryAction.Delivered,
        "relayed" => DeliveryAction.Relayed,
        "expanded" => DeliveryAction.Expanded,
        _ => null,
    };

    private static EnhancedStatus ReadStatus(string? value) =>
        EnhancedStatus.TryReadPrefix((value ?? "").AsSpan().TrimStart(" \t"), out var status, out _) ? status : default;

    private static DateTimeOffset? Instant(string? value) => value is not null && MailDate.TryParse(value, out var instant) ? instant : null;

    private static HeaderText Text(IReadOnlyList<HeaderList> groups, string name) => HeaderText.Clean(TypedText.Read(First(groups, name) ?? ""));

    private static string? First(IReadOnlyList<HeaderList> groups, string name)
    {
        foreach (var group in groups)
        {
            if (group.Find(name) is { } found)
                return found.Value;
        }

        return null;
    }
}
