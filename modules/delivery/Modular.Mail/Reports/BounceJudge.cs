using Modular.Mail.Smtp;

namespace Modular.Mail.Reports;

/// <summary>Reads a reason, a status and a reply code out of the words of a report.</summary>
internal static class BounceJudge
{
    private const int MostEvidenceChars = 300;
    private const int MostTextChars = 8000;

    private static readonly string[] AfterContent = ["reply to end of data", "reply to data", "after end of data", "> data", "smtp command data", "end of message)", "final data"];

    /// <param name="status">What the report gives; the default value when nothing.</param>
    /// <param name="texts">Words that may hold the reason, the most telling first.</param>
    public static BouncedRecipient Judge(string address, string? original, DeliveryAction? action, EnhancedStatus status, IReadOnlyList<string> texts, BounceRules rules)
    {
        texts = [.. texts.Select(t => ReplyText.Squeeze(t.Length > MostTextChars ? t.AsSpan(0, MostTextChars) : t))];
        var replyCode = texts.Select(t => ReplyText.ReplyCode(t)).FirstOrDefault(code => code is not null);
        status = BestStatus(status, texts);
        var (reason, rule, evidence) = Reason(status, replyCode, texts, rules);
        return new BouncedRecipient(address, original is { Length: > 0 } && !original.Equals(address, StringComparison.OrdinalIgnoreCase) ? original : null,
            action, status, replyCode, reason, IsHard(reason, status), rule, Cut(evidence));
    }

    public static string Cut(string text) => text.Length <= MostEvidenceChars ? text : text[..MostEvidenceChars];

    /// <summary>A domain that cannot be found for now may be found again.</summary>
    private static bool IsHard(BounceReason reason, EnhancedStatus status) =>
        reason.IsHard() && !(status.IsTransient && reason is BounceReason.HostUnknown or BounceReason.NotAccepting);

    private static (BounceReason Reason, string Rule, string Evidence) Reason(EnhancedStatus status, int? replyCode, IReadOnlyList<string> texts, BounceRules rules)
    {
        var first = texts.FirstOrDefault(t => t.Length > 0) ?? "";
        if (rules.FindDecisive(status) is var (decisive, decisiveRule))
            return (decisive, decisiveRule, first);
        foreach (var text in texts)
        {
            if (rules.FindReason(ReplyText.WithoutAddresses(text)) is not var (reason, rule))
                continue;
            // "Unknown user" after the content is a filter's word, unless the status says it too.
            if (reason is BounceReason.UserUnknown && status is not { Class: 5, Subject: 1 } && IsAfterContent(text))
                return (BounceReason.Filtered, $"{rule}, after the content", text);
            return (reason, rule, text);
        }

        if (status != default && rules.FindReason(status) is var (byStatus, statusRule))
            return (byStatus, statusRule, first.Length > 0 ? first : status.ToString());
        if (replyCode is { } code && rules.FindReason(code) is var (byReply, replyRule))
            return (byReply, replyRule, first);
        return (BounceReason.Undetermined, "none", first);
    }

    private static bool IsAfterContent(string text) => AfterContent.Any(words => text.Contains(words, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// A report's own status, unless that is the general x.0.0: then the first in the words. A status of the far side's own reply outweighs the one
    /// that the reporter made of it.
    /// </summary>
    private static EnhancedStatus BestStatus(EnhancedStatus status, IReadOnlyList<string> texts)
    {
        if (status != default && status is not { Subject: 0, Detail: 0 })
            return status;
        foreach (var text in texts)
        {
            if (ReplyText.Status(text) is { } found)
                return found;
        }

        if (status == default)
        {
            foreach (var text in texts)
            {
                if (ReplyText.Status(text, takesGeneral: true) is { } found)
                    return found;
            }
        }

        return status;
    }
}
