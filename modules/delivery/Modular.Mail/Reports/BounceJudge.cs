using System.Globalization;
using System.Text.RegularExpressions;
using Modular.Mail.Smtp;

namespace Modular.Mail.Reports;

/// <summary>Reads a reason, a status and a reply code out of the words of a report.</summary>
internal static partial class BounceJudge
{
    private const int MostEvidenceChars = 300;
    private const int MostTextChars = 8000;

    /// <param name="status">What the report gives; the default value when nothing.</param>
    /// <param name="texts">Words that may hold the reason, the most telling first.</param>
    public static BouncedRecipient Judge(string address, string? original, DeliveryAction? action, EnhancedStatus status, IReadOnlyList<string> texts, BounceRules rules)
    {
        texts = [.. texts.Select(t => Blanks().Replace(t.Length > MostTextChars ? t[..MostTextChars] : t, " "))];
        var replyCode = texts.Select(ReplyCodeIn).FirstOrDefault(code => code is not null);
        status = BestStatus(status, texts);
        var (reason, rule, evidence) = Reason(status, replyCode, texts, rules);
        return new BouncedRecipient(address, original is { Length: > 0 } && !original.Equals(address, StringComparison.OrdinalIgnoreCase) ? original : null,
            action, status, replyCode, reason, reason.IsHard(), rule, Cut(evidence));
    }

    public static string Cut(string text) => text.Length <= MostEvidenceChars ? text : text[..MostEvidenceChars];

    private static (BounceReason Reason, string Rule, string Evidence) Reason(EnhancedStatus status, int? replyCode, IReadOnlyList<string> texts, BounceRules rules)
    {
        var first = texts.FirstOrDefault(t => t.Length > 0) ?? "";
        if (rules.FindDecisive(status) is var (decisive, decisiveRule))
            return (decisive, decisiveRule, first);
        foreach (var text in texts)
        {
            if (rules.FindReason(Addresses().Replace(text, " ")) is not var (reason, rule))
                continue;
            // "Unknown user" after the content, or against a status that speaks of a mailbox that is there, is a filter's word.
            if (reason is BounceReason.UserUnknown && (AfterContent().IsMatch(text) || (status is { Class: 5, Subject: 2, Detail: 0 or 1 } && !text.Contains("RCPT", StringComparison.OrdinalIgnoreCase))))
                return (BounceReason.Filtered, $"{rule}, after the content or with {status}", text);
            return (reason, rule, text);
        }

        if (status != default && rules.FindReason(status) is var (byStatus, statusRule))
            return (byStatus, statusRule, first.Length > 0 ? first : status.ToString());
        if (replyCode is { } code && rules.FindReason(code) is var (byReply, replyRule))
            return (byReply, replyRule, first);
        return (BounceReason.Undetermined, "none", first);
    }

    /// <summary>A report's own status, unless that is the general x.0.0: then the first in the words.</summary>
    private static EnhancedStatus BestStatus(EnhancedStatus status, IReadOnlyList<string> texts)
    {
        if (status != default && status is not { Subject: 0, Detail: 0 })
            return status;
        foreach (var text in texts)
        {
            foreach (Match match in Statuses().Matches(text))
            {
                if (EnhancedStatus.TryParse(match.ValueSpan, out var found) && !found.IsSuccess && found is not { Subject: 0, Detail: 0 })
                    return found;
            }
        }

        return status;
    }

    private static int? ReplyCodeIn(string text) =>
        ReplyCodes().Match(text) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"reply to (end of )?data|after end of data|>>> data|end of message|final data", RegexOptions.IgnoreCase)]
    private static partial Regex AfterContent();

    [GeneratedRegex(@"(?<![\d.@-])([45][0-5]\d)(?=[ :\-#\]<,;.""'\)]|$)(?!\.\d)")]
    private static partial Regex ReplyCodes();

    [GeneratedRegex(@"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)")]
    private static partial Regex Statuses();

    [GeneratedRegex(@"[^\s<>()]{1,200}@[^\s<>()]{1,200}|https?://\S{1,500}")]
    private static partial Regex Addresses();
}
