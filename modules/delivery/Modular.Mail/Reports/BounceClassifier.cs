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
        var text = BounceText.Of(message, Rules);
        if (FeedbackReportReader.Read(message, text) is { } feedback)
            return Complaint(message, feedback);
        if (FindReturned(message, text, 0) is { } verdict)
            return verdict;
        if (Receipt(message) is { } receipt)
            return receipt;
        if (FindChallenge(message, text) is var (challengeRule, challenge))
            return new BounceVerdict(ReturnedMailKind.Challenge, SenderOf(message), challengeRule, BounceJudge.Cut(challenge));
        if (FindUnsubscribe(message, text) is var (wishRule, wish))
            return new BounceVerdict(ReturnedMailKind.Unsubscribe, SenderOf(message), wishRule, BounceJudge.Cut(wish));
        if (AutoReply.Find(message.Headers) is var (rule, evidence))
            return new BounceVerdict(ReturnedMailKind.AutoReply, SenderOf(message), rule, BounceJudge.Cut(evidence));
        return new BounceVerdict(ReturnedMailKind.Ordinary, [], "none", "");
    }

    /// <summary>A report of delivery, in whatever form; a report inside a report is entered twice at most.</summary>
    private static BounceVerdict? FindReturned(MimeMessage message, BounceText text, int depth)
    {
        if (DeliveryReportReader.Read(message) is { } report && FromReport(message, report, text) is { } verdict)
            return verdict;
        if (FromNotice(text) is { } notice)
            return notice;
        var returned = IsReturned(message, text);
        if (returned is not null && ReportInText(text) is { } inText && FromReport(message, inText, text) is { } byFields)
            return byFields;
        var failed = FailedRecipientsField(message, text);
        // Exim names the address that was mailed in the field, and in its words the one that it was forwarded to, with the reason.
        if (failed is not null && !(text.Lines.Any(l => l.Length > 0) && FromWords(message, text, returned ?? (failed.Rule, failed.Evidence)) is { } words && IsRicher(words, failed)))
            return failed;
        if (failed is not null)
            returned ??= (failed.Rule, failed.Evidence);
        if (returned is null)
            return null;
        const int Deepest = 2;
        if (depth < Deepest && FromInside(message, text, depth) is { } inside)
            return inside;
        return FromWords(message, text, returned.Value) ?? WithoutAddress(message, text, returned.Value);
    }

    private static BounceVerdict Complaint(MimeMessage message, FeedbackReport report)
    {
        var (addresses, _) = FeedbackReportReader.Complainants(message, report);
        var evidence = $"Feedback-Type: {FeedbackReportText.TypeWord(report.Type)}";
        return new BounceVerdict(
            ReturnedMailKind.FeedbackReport,
            [.. addresses.Select(a => new BouncedRecipient(a, null, null, default, null, BounceReason.Undetermined, false, report.Rule, evidence))],
            report.Rule,
            evidence);
    }

    private static BounceVerdict? FromNotice(BounceText text)
    {
        var all = JsonNotice.Read(text.Lines);
        var best = all.Where(r => r.Event is NoticeEvent.Bounce or NoticeEvent.Delay or NoticeEvent.Delivery).OrderBy(r => r.Event).FirstOrDefault();
        if (best is null)
            return null;
        var (kind, action) = best.Event switch
        {
            NoticeEvent.Bounce => (ReturnedMailKind.Bounce, DeliveryAction.Failed),
            NoticeEvent.Delay => (ReturnedMailKind.Delayed, DeliveryAction.Delayed),
            _ => (ReturnedMailKind.Delivered, DeliveryAction.Delivered),
        };
        var recipients = all.Where(r => r.Event == best.Event).DistinctBy(r => r.Address, StringComparer.OrdinalIgnoreCase).Select(r => BounceJudge.Judge(r.Address, null, action, r.Status, r.Words, Rules));
        return new BounceVerdict(kind, [.. recipients.Take(MostRecipients)], "a provider's JSON", $"{best.EventWord}: {best.Address}");
    }

    /// <summary>A message disposition notification (RFC 8098 §3): read or deleted, so it was delivered.</summary>
    private static BounceVerdict? Receipt(MimeMessage message)
    {
        var part = message.Body.Descend().FirstOrDefault(p => p.ContentType.Is("message", "disposition-notification"));
        if (part is null || ReportParts.Groups(part) is not [var fields, ..] || fields.Find("Disposition")?.Value is not { } disposition)
            return null;
        var address = TypedText.ReadAddress((fields.Find("Final-Recipient") ?? fields.Find("Original-Recipient"))?.Value ?? "");
        var evidence = $"Disposition: {disposition}";
        return new BounceVerdict(
            ReturnedMailKind.Delivered,
            address.Contains('@', StringComparison.Ordinal) ? [new BouncedRecipient(address, null, DeliveryAction.Delivered, default, null, BounceReason.Undetermined, false, "RFC 8098 §3.2.6", BounceJudge.Cut(evidence))] : [],
            "RFC 8098 §3.2.6",
            BounceJudge.Cut(evidence));
    }

    private static (string Rule, string Evidence)? FindChallenge(MimeMessage message, BounceText text)
    {
        foreach (var field in message.Headers)
        {
            if (Rules.Find("challenge field", field.Name + ":") is { } byField)
                return (byField, field.ToString());
        }

        return FirstLine("challenge", text, 60);
    }

    /// <summary>Asked by a person who wrote no more than that, or in an answer's first words.</summary>
    private static (string Rule, string Evidence)? FindUnsubscribe(MimeMessage message, BounceText text)
    {
        if (message.Subject is { } subject && Rules.Find("unsubscribe", WithoutMarks(subject)) is { } bySubject)
            return (bySubject, $"Subject: {subject}");
        foreach (var line in text.Lines.Where(l => l.Length > 0).Take(3))
        {
            if (line.StartsWith('>'))
                return null;
            if (Rules.Find("unsubscribe", WithoutMarks(line)) is { } rule)
                return (rule, line);
        }

        return null;
    }

    /// <summary>Without "Re:" and the like, and the marks at both ends; addresses masked.</summary>
    private static string WithoutMarks(string text)
    {
        text = text.Trim();
        while (text.IndexOf(':', StringComparison.Ordinal) is > 0 and <= 4 and var colon)
            text = text[(colon + 1)..].TrimStart();
        return new AddressMask(text).Text.Trim(' ', '.', '!', '"', '\'', '*', '<', '>', '-', '_', '(', ')', '[', ']');
    }

    private static (string Rule, string Evidence)? FirstLine(string section, BounceText text, int most)
    {
        foreach (var line in text.Lines.Take(most))
        {
            if (Rules.Find(section, line) is { } rule)
                return (rule, line);
        }

        return null;
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
        var (kind, kept) = failed.Count > 0 ? (ReturnedMailKind.Bounce, [.. failed, .. delayed]) : delayed.Count > 0 ? (ReturnedMailKind.Delayed, delayed) : (ReturnedMailKind.Delivered, recipients);
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

    /// <summary>A report inside a report, attached or in the text, as gateways make it that pass bounces on; the outer one knows less.</summary>
    private static BounceVerdict? FromInside(MimeMessage message, BounceText text, int depth)
    {
        var inner = message.Body.Descend().FirstOrDefault(p => p.Message is not null)?.Message ?? (text.Returned.IsEmpty ? null : MimeMessage.Parse(text.Returned));
        if (inner is null)
            return null;
        // Only what is a report by its own marks: most returned mails are just that.
        var innerText = BounceText.Of(inner, Rules);
        return DeliveryReportReader.Read(inner) is not null || IsReturned(inner, innerText) is not null || FirstLine("transcript", innerText, 40) is not null
            ? FindReturned(inner, innerText, depth + 1) ?? FromWords(inner, innerText, ("a report inside a report", inner.Subject ?? ""), isOwn: false)
            : null;
    }

    /// <param name="isOwn">True when the report's own From and To are not whom it is about.</param>
    private static BounceVerdict? FromWords(MimeMessage message, BounceText text, (string Rule, string Evidence) returned, bool isOwn = true)
    {
        var (rule, evidence) = returned;
        var delay = IsDelay(text);
        var kind = delay is not null ? ReturnedMailKind.Delayed : text.Lines.Any(l => Rules.Find("delivered", l) is not null) ? ReturnedMailKind.Delivered : ReturnedMailKind.Bounce;

        var notThese = (isOwn ? message.To.Concat(message.From) : []).Select(m => m.Address).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var found = RecipientFinder.Find(text.Lines, notThese, message.From is [var from, ..] ? from.Domain : "", message.Subject ?? "", Rules);
        var addresses = found.Count > 0 ? found.Select(f => f.Address) : OriginalRecipients(message, text);
        var recipients = addresses.Select(a => Judge(a, kind, text)).ToList();
        if (recipients.Count is 0)
            return null;
        if (found.Count > 0)
            (rule, evidence) = (found[0].Rule, found[0].Evidence);
        return new BounceVerdict(kind, recipients, delay ?? rule, BounceJudge.Cut(evidence));
    }

    private static bool IsRicher(BounceVerdict words, BounceVerdict field) =>
        words.Recipients.Count == field.Recipients.Count && words.Rule.StartsWith("recipient: an address alone", StringComparison.Ordinal);

    /// <summary>A mail that can only be a failure's report, and names nobody.</summary>
    private static BounceVerdict? WithoutAddress(MimeMessage message, BounceText text, (string Rule, string Evidence) returned)
    {
        var isReport = message.Body.ContentType is { Type: "multipart", Subtype: "report" } type && type["report-type"]?.Equals("delivery-status", StringComparison.OrdinalIgnoreCase) is true;
        if (!isReport || message.Subject is not { } subject || Rules.Find("subject", subject) is null)
            return null;
        return new BounceVerdict(IsDelay(text) is null ? ReturnedMailKind.Bounce : ReturnedMailKind.Delayed, [], returned.Rule, BounceJudge.Cut(returned.Evidence));
    }

    /// <summary>Two of three say that it is a returned mail: its sender, its subject, its text.</summary>
    private static (string Rule, string Evidence)? IsReturned(MimeMessage message, BounceText text)
    {
        const int FirstLines = 80;
        var from = message.Headers["From"] ?? "";
        var bySender = Rules.Find("from", from) is { } fromRule ? (fromRule, $"From: {from}")
            : message.Headers.Find("Return-Path")?.Value.Trim() is "<>" or "<MAILER-DAEMON>" ? ("null reverse-path", "Return-Path: <>")
            : message.Body.ContentType is { Type: "multipart", Subtype: "report" } type && type["report-type"] is null or "delivery-status" ? ("RFC 6522 §3", "Content-Type: multipart/report")
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
