using Modular.Mail.Mime;

namespace Modular.Mail.Reports;

/// <summary>Tells mail that a program sent in answer (RFC 3834 §5) from mail that a person wrote.</summary>
public static class AutoReply
{
    private static readonly string[] Fields = ["X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-AutoReply-From", "X-Vacation", "X-Auto-Reply", "X-Mail-Autoreply"];

    /// <summary>The field or rule that says so, with what it says; null for other mail. A bounce may carry the same marks: ask that first.</summary>
    public static (string Rule, string Evidence)? Find(HeaderList headers)
    {
        if (headers.Find("Auto-Submitted")?.Value is { } submitted && submitted.StartsWith("auto-replied", StringComparison.OrdinalIgnoreCase))
            return ("RFC 3834 §5", $"Auto-Submitted: {submitted}");
        foreach (var name in Fields)
        {
            if (headers.Find(name) is { } field && !field.Value.Equals("no", StringComparison.OrdinalIgnoreCase))
                return ($"field: {name}", field.ToString());
        }

        if (headers.Find("Precedence")?.Value is { } precedence && precedence.Trim().ToLowerInvariant() is "auto_reply" or "auto-reply" or "vacation")
            return ("field: Precedence", $"Precedence: {precedence}");
        if (headers["Subject"] is { } subject && BounceRules.Default.Find("auto-reply subject", subject.Trim()) is { } rule)
            return (rule, $"Subject: {subject}");
        return null;
    }
}
