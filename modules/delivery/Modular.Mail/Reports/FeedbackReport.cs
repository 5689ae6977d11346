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

/// <summary>A feedback report's facts (RFC 5965 §3). Fields that it does not have, or has hidden, are empty.</summary>
public sealed record FeedbackReport
{
    public required FeedbackType Type { get; init; }

    public required HeaderText UserAgent { get; init; }

    /// <summary>The envelope sender of the reported mail, without brackets.</summary>
    public HeaderText OriginalMailFrom { get; init; }

    /// <summary>The envelope recipients of the reported mail. Providers often hide them: find the recipient by the return path.</summary>
    public IReadOnlyList<HeaderText> OriginalRcptTo { get; init; } = [];

    public HeaderText OriginalEnvelopeId { get; init; }

    public HeaderText SourceIp { get; init; }

    public HeaderText ReportingMta { get; init; }

    public HeaderText ReportedDomain { get; init; }

    public DateTimeOffset? ArrivedAt { get; init; }

    /// <summary>True only for what must end further mail to the recipient: abuse, fraud, virus and opt-out.</summary>
    public bool IsComplaint => Type is FeedbackType.Abuse or FeedbackType.Fraud or FeedbackType.Virus or FeedbackType.OptOut;
}
