using Modular.Mail.Mime;

namespace Modular.Mail.Reports;

/// <summary>
/// Says what a mail that came to a return path is, and whom it is about. It believes standards first (RFC 5965, then RFC 3464), then
/// the fields of single mail systems, then their words, by the rules of <c>bounce-rules.txt</c>. It never fails.
/// </summary>
public static class BounceClassifier
{
    /// <summary>A mailing's report is about one; a stranger's of thousands is not worth the time.</summary>
    private const int MostRecipients = 100;

    private static readonly BounceRules Rules = BounceRules.Default;

    private static readonly string[] ReportFields = ["Final-Recipient:", "Original-Recipient:", "Action:", "Status:", "Diagnostic-Code:", "Remote-MTA:", "Reporting-MTA:"];

    public static BounceVerdict Classify(MimeMessage message)
    {
        if (FeedbackReportReader.Read(message) is { } feedback)
            return Complaint(message, feedback);
        var text = BounceText.Of(message, Rules);
        if ((DeliveryReportReader.Read(message) ?? ReportInText(text)) is { } report && FromReport(message, report, text) is { } verdict)
            return verdict;
        if (FailedRecipientsField(message, text) is { } byField)
            return byField;
        if (FromAttachedReport(message, text) is { } attached)
            return attached;
        if (FromWords(message, text) is { } byWords)
            return byWords;
        if (AutoReply.Find(message.Headers) is var (rule, evidence))
            return new BounceVerdict(ReturnedMailKind.AutoReply, SenderOf(message), rule, BounceJudge.Cut(evidence));
        return new BounceVerdict(ReturnedMailKind.Ordinary, [], "none", "");
    }

    private static BounceVerdict Complaint(MimeMessage message, FeedbackReport report)
    {
        var addresses = report.OriginalRcptTo.Select(a => a.ToString()).ToList();
        if (addresses.Count is 0 && ReportParts.OriginalHeaders(message) is { } original)
            addresses = [.. original.All("To").SelectMany(f => AddressList.Parse(f.Value)).Select(m => m.Address)];
        var evidence = $"Feedback-Type: {FeedbackReportText.TypeWord(report.Type)}";
        return new BounceVerdict(
            ReturnedMailKind.FeedbackReport,
            [.. addresses.Select(a => new BouncedRecipient(a, null, null, default, null, BounceReason.Undetermined, false, "RFC 5965 §3", evidence))],
            "RFC 5965 §3",
            evidence);
    }

    private static BounceVerdict? FromReport(MimeMessage message, DeliveryReport report, BounceText text)
    {
        var recipients = new List<BouncedRecipient>();
        var isDelay = IsDelay(text) is not null;
        foreach (var recipient in report.Recipients.Take(MostRecipients))
        {
            var address = First(recipient.FinalRecipient.ToString(), recipient.OriginalRecipient.ToString());
            if (!address.Contains('@', StringComparison.Ordinal))
                address = OriginalRecipients(message, text).FirstOrDefault(address);
            if (address.Length is 0 || recipients.Any(r => r.Address.Equals(address, StringComparison.OrdinalIgnoreCase)))
                continue;
            var action = recipient.Action ?? (recipient.Status.IsSuccess ? DeliveryAction.Delivered : isDelay ? DeliveryAction.Delayed : DeliveryAction.Failed);
            var texts = new List<string> { recipient.DiagnosticCode.ToString() };
            texts.AddRange(WordsAbout(address, text));
            recipients.Add(BounceJudge.Judge(address, recipient.OriginalRecipient.ToString(), action, recipient.Status, texts, Rules));
        }

        if (recipients.Count is 0)
            return null;
        var failed = recipients.Where(r => r.Action is DeliveryAction.Failed).ToList();
        var delayed = recipients.Where(r => r.Action is DeliveryAction.Delayed).ToList();
        var (kind, kept) = failed.Count > 0 ? (ReturnedMailKind.Bounce, failed) : delayed.Count > 0 ? (ReturnedMailKind.Delayed, delayed) : (ReturnedMailKind.Delivered, recipients);
        return new BounceVerdict(kind, kept, "RFC 3464 §2.3", $"Final-Recipient: {kept[0].Address}");
    }

    /// <summary>The report's fields written into the text, as some systems do instead of a part of its own.</summary>
    private static DeliveryReport? ReportInText(BounceText text)
    {
        var fields = text.Lines.Where(l => ReportFields.Any(f => l.StartsWith(f, StringComparison.OrdinalIgnoreCase))).ToList();
        if (!fields.Any(f => f.StartsWith("Final-Recipient:", StringComparison.OrdinalIgnoreCase) || f.StartsWith("Original-Recipient:", StringComparison.OrdinalIgnoreCase)))
            return null;
        return DeliveryReportReader.Read([HeaderList.Parse(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', fields)))]);
    }

    /// <summary>The field that Exim writes, and others after it.</summary>
    private static BounceVerdict? FailedRecipientsField(MimeMessage message, BounceText text)
    {
        var addresses = message.Headers.All("X-Failed-Recipients").SelectMany(f => AddressList.Parse(f.Value)).Select(m => m.Address).Where(a => a.Contains('@', StringComparison.Ordinal)).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (addresses.Count is 0)
            return null;
        var kind = IsDelay(text) is null ? ReturnedMailKind.Bounce : ReturnedMailKind.Delayed;
        return new BounceVerdict(kind, [.. addresses.Select(a => Judge(a, kind, text))], "field: X-Failed-Recipients", BounceJudge.Cut($"X-Failed-Recipients: {string.Join(", ", addresses)}"));
    }

    /// <summary>A report inside a report, as gateways make it; the outer one says nothing of recipients.</summary>
    private static BounceVerdict? FromAttachedReport(MimeMessage message, BounceText text) =>
        IsReturned(message, text) is not null && message.Body.Descend().FirstOrDefault(p => p.Message is not null)?.Message is { } inner && DeliveryReportReader.Read(inner) is { } report
            ? FromReport(inner, report, BounceText.Of(inner, Rules))
            : null;

    private static BounceVerdict? FromWords(MimeMessage message, BounceText text)
    {
        if (IsReturned(message, text) is not var (rule, evidence))
            return null;
        var delay = IsDelay(text);
        var kind = delay is not null ? ReturnedMailKind.Delayed : text.Lines.Any(l => Rules.Find("delivered", l) is not null) ? ReturnedMailKind.Delivered : ReturnedMailKind.Bounce;

        var notThese = message.To.Concat(message.From).Select(m => m.Address).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var found = RecipientFinder.Find(text.Lines, notThese, message.From is [var from, ..] ? from.Domain : "", message.Subject ?? "", Rules);
        var addresses = found.Count > 0 ? found.Select(f => f.Address) : OriginalRecipients(message, text);
        var recipients = addresses.Select(a => Judge(a, kind, text)).ToList();
        if (recipients.Count is 0)
            return null;
        if (found.Count > 0)
            (rule, evidence) = (found[0].Rule, found[0].Evidence);
        return new BounceVerdict(kind, recipients, delay ?? rule, BounceJudge.Cut(evidence));
    }

    /// <summary>Two of three say that it is a returned mail: its sender, its subject, its text.</summary>
    private static (string Rule, string Evidence)? IsReturned(MimeMessage message, BounceText text)
    {
        const int FirstLines = 80;
        var from = message.Headers["From"] ?? "";
        var bySender = Rules.Find("from", from) is { } fromRule ? (fromRule, $"From: {from}")
            : message.Headers.Find("Return-Path")?.Value.Trim() is "<>" or "<MAILER-DAEMON>" ? ("null reverse-path", "Return-Path: <>")
            : message.Body.ContentType is { Type: "multipart", Subtype: "report" } ? ("RFC 6522 §3", "Content-Type: multipart/report")
            : ((string, string)?)null;
        var bySubject = message.Subject is { } subject && Rules.Find("subject", subject) is { } subjectRule ? (subjectRule, $"Subject: {subject}") : ((string, string)?)null;
        if (bySender is not null && bySubject is not null)
            return bySender;
        if (bySender is null && bySubject is null)
            return null;
        return text.Lines.Take(FirstLines).Any(l => Rules.Find("text", l) is not null) ? bySender ?? bySubject : null;
    }

    private static BouncedRecipient Judge(string address, ReturnedMailKind kind, BounceText text)
    {
        var action = kind switch
        {
            ReturnedMailKind.Delayed => DeliveryAction.Delayed,
            ReturnedMailKind.Delivered => DeliveryAction.Delivered,
            _ => DeliveryAction.Failed,
        };
        return BounceJudge.Judge(address, null, action, default, [.. WordsAbout(address, text)], Rules);
    }

    /// <summary>The lines that name the recipient with what follows them, then all lines.</summary>
    private static IEnumerable<string> WordsAbout(string address, BounceText text)
    {
        const int LinesBehind = 12;
        for (var i = 0; i < text.Lines.Count; i++)
        {
            if (text.Lines[i].Contains(address, StringComparison.OrdinalIgnoreCase))
            {
                yield return string.Join(' ', text.Lines.Skip(i).Take(LinesBehind).TakeWhile((line, n) => n is 0 || !StartsAnother(line, address)));
                break;
            }
        }

        yield return text.Words;
    }

    /// <summary>A line that begins with another address is about that one.</summary>
    private static bool StartsAnother(string line, string address) =>
        line.Contains('@', StringComparison.Ordinal) && !line.Contains(address, StringComparison.OrdinalIgnoreCase) && new AddressMask(line).Text.TrimStart(' ', '>', '*', '-').StartsWith(AddressMask.Mark);

    private static IEnumerable<string> OriginalRecipients(MimeMessage message, BounceText text)
    {
        var original = ReportParts.OriginalHeaders(message) ?? text.Original;
        return original.All("To").SelectMany(f => AddressList.Parse(f.Value)).Select(m => m.Address).Where(a => a.Contains('@', StringComparison.Ordinal)).Take(1);
    }

    private static IReadOnlyList<BouncedRecipient> SenderOf(MimeMessage message) =>
        [.. message.From.Take(1).Select(m => new BouncedRecipient(m.Address, null, null, default, null, BounceReason.Undetermined, false, "header From", m.Address))];

    private static string? IsDelay(BounceText text) => text.Lines.Select(l => Rules.Find("delayed", l)).FirstOrDefault(r => r is not null);

    private static string First(string a, string b) => a.Contains('@', StringComparison.Ordinal) || b.Length is 0 ? a : b;
}
