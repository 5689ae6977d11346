using Modular.Mail.Smtp;

namespace Modular.Mail.Reports;

/// <summary>What kind of mail came to the return path.</summary>
public enum ReturnedMailKind
{
    /// <summary>Written by a person, or at least no report.</summary>
    Ordinary,

    /// <summary>Delivery failed for good; the only kind that may count against a contact.</summary>
    Bounce,

    /// <summary>Not delivered yet, still being tried.</summary>
    Delayed,
    Delivered,

    /// <summary>A feedback report (RFC 5965) of any type.</summary>
    FeedbackReport,
    AutoReply,

    /// <summary>Asks whoever wrote to prove that it is a person; the mail is held until then.</summary>
    Challenge,

    /// <summary>Asks in words for no further mail.</summary>
    Unsubscribe,
}

/// <summary>What was found out about a returned mail.</summary>
/// <param name="Rule">What said so: a section and rule of the rule file, or an RFC.</param>
/// <param name="Evidence">The line that was read; at most 300 characters.</param>
public sealed record BounceVerdict(ReturnedMailKind Kind, IReadOnlyList<BouncedRecipient> Recipients, string Rule, string Evidence);

/// <param name="Address">As the report names it, not proved: trust the return path first.</param>
/// <param name="OriginalAddress">The address that was mailed, when the report names that too; null when not.</param>
/// <param name="Status">The default value when the report has none.</param>
/// <param name="ReplyCode">The last SMTP reply, such as 550; null when the report has none.</param>
/// <param name="IsHard">True when the address is dead; false when later mail may arrive.</param>
/// <param name="Rule">What gave the reason.</param>
/// <param name="Evidence">The text that the rule was found in; at most 300 characters.</param>
public sealed record BouncedRecipient(
    string Address, string? OriginalAddress, DeliveryAction? Action, EnhancedStatus Status, int? ReplyCode, BounceReason Reason, bool IsHard, string Rule, string Evidence);
