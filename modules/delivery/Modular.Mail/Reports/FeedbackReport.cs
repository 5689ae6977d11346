using Modular.Mail.Mime;

namespace Modular.Mail.Reports;

/// <summary>What a feedback report is about (RFC 5965 §3.5, RFC 6591 §3.1, RFC 6430 §2).</summary>
public enum FeedbackType
{
    /// <summary>The recipient called the mail spam.</summary>
    Abuse,
    Fraud,
    Virus,

    /// <summary>The recipient took an earlier complaint back.</summary>
    NotSpam,
    OptOut,

    /// <summary>An authentication check failed (DMARC and the like); says nothing about what the recipient wants.</summary>
    AuthFailure,
    Other,
}

/// <summary>In which form a report came.</summary>
public enum FeedbackFormat
{
    /// <summary>A part of type message/feedback-report, or its fields in a part that is labelled otherwise (RFC 5965 §2).</summary>
    Arf,

    /// <summary>Microsoft's own: the mail attached, the recipient in a field of it.</summary>
    Jmrp,

    /// <summary>A sending provider's JSON.</summary>
    Json,

    /// <summary>Words, or a header field, of one provider.</summary>
    Words,
}

/// <summary>A feedback report's facts (RFC 5965 §3). Fields that it does not have, or has hidden, are empty.</summary>
public sealed record FeedbackReport
{
    public required FeedbackType Type { get; init; }

    public FeedbackFormat Format { get; init; }

    public required HeaderText UserAgent { get; init; }

    /// <summary>The envelope sender of the reported mail, without brackets.</summary>
    public HeaderText OriginalMailFrom { get; init; }

    /// <summary>The envelope recipients of the reported mail. Providers often hide them: find the recipient by the return path.</summary>
    public IReadOnlyList<HeaderText> OriginalRcptTo { get; init; } = [];

    /// <summary>Whom to take off the list; some name the recipient here only.</summary>
    public IReadOnlyList<HeaderText> RemovalRecipients { get; init; } = [];

    public HeaderText OriginalEnvelopeId { get; init; }

    public HeaderText SourceIp { get; init; }

    public HeaderText ReportingMta { get; init; }

    public HeaderText ReportedDomain { get; init; }

    public DateTimeOffset? ArrivedAt { get; init; }

    /// <summary>All fields of the report as they came, also those unknown here (RFC 5965 §3.4); empty when it came in another form.</summary>
    public HeaderList Fields { get; init; } = HeaderList.Empty;

    /// <summary>What made it one: a standard's section, a field, or a rule of <c>bounce-rules.txt</c>.</summary>
    public string Rule { get; init; } = "RFC 5965 §3";

    /// <summary>True only for what must end further mail to the recipient: abuse, fraud, virus and opt-out.</summary>
    public bool IsComplaint => Type is FeedbackType.Abuse or FeedbackType.Fraud or FeedbackType.Virus or FeedbackType.OptOut;
}
