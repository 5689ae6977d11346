namespace Modular.Campaigns.Drafting;

/// <summary>What to change in a draft; null leaves a value as it is.</summary>
/// <param name="Everyone">True: no segment, the mail goes to everyone who may be mailed.</param>
internal sealed record DraftChange(
    string? Name = null, string? Subject = null, string? FromName = null, string? FromAddress = null, string? ReplyTo = null,
    string? Html = null, string? Text = null, long? SegmentId = null, bool Everyone = false)
{
    private const int MaxName = 200;
    private const int MaxSubject = 500;

    /// <summary>What no draft may hold, ready or not; null when nothing is wrong.</summary>
    public Fault? Fault()
    {
        if (Name is not null && Name.Trim().Length == 0) return new FieldFault("name", "Give the campaign a name.");
        if (Name?.Length > MaxName) return new FieldFault("name", $"The name is longer than {MaxName} characters.");
        if (Subject?.Length > MaxSubject) return new FieldFault("subject", $"The subject is longer than {MaxSubject} characters.");
        if (FromName?.Length > MaxName) return new FieldFault("fromName", $"The sender's name is longer than {MaxName} characters.");
        if (FromName?.AsSpan().ContainsAnyInRange('\0', '\u001f') is true) return new FieldFault("fromName", "The sender's name holds a line break or a control character.");
        if (Html?.Length > Composing.TemplateParser.MaxLength) return new FieldFault("html", $"The HTML is longer than {Composing.TemplateParser.MaxLength:N0} characters.");
        if (Text?.Length > Composing.TemplateParser.MaxLength) return new FieldFault("text", $"The text is longer than {Composing.TemplateParser.MaxLength:N0} characters.");
        if (FromAddress is { Length: > 0 } && !EmailAddress.TryParse(FromAddress, out _, out var why)) return new FieldFault("fromAddress", why);
        if (ReplyTo is { Length: > 0 } && !EmailAddress.TryParse(ReplyTo, out _, out why)) return new FieldFault("replyTo", why);
        foreach (var (field, value) in new[] { ("name", Name), ("subject", Subject), ("html", Html), ("text", Text) })
        {
            // PostgreSQL stores no NUL, and no mail program shows one.
            if (value?.Contains('\0', StringComparison.Ordinal) is true) return new FieldFault(field, "A NUL character stands in it.");
        }
        return null;
    }
}
