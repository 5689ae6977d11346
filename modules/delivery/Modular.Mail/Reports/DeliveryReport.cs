using Modular.Mail.Mime;
using Modular.Mail.Smtp;

namespace Modular.Mail.Reports;

/// <summary>What a mail system did with one recipient (RFC 3464 §2.3.3).</summary>
public enum DeliveryAction
{
    /// <summary>It gave up.</summary>
    Failed,

    /// <summary>It has not succeeded yet and goes on trying; this is no bounce.</summary>
    Delayed,

    Delivered,

    /// <summary>Handed to a system that will send no report.</summary>
    Relayed,

    /// <summary>Handed to several recipients.</summary>
    Expanded,
}

/// <summary>A delivery status notification's facts (RFC 3464 §2).</summary>
public sealed record DeliveryReport
{
    /// <summary>The host that reports; empty when it does not say.</summary>
    public HeaderText ReportingMta { get; init; }

    /// <summary>The ENVID of the submission, its xtext undone (RFC 3461 §4.4); empty when there was none.</summary>
    public HeaderText OriginalEnvelopeId { get; init; }

    /// <summary>When the message came to the reporting host; null when it does not say.</summary>
    public DateTimeOffset? ArrivedAt { get; init; }

    /// <summary>At least one when written; a stranger's report may name none.</summary>
    public required IReadOnlyList<RecipientReport> Recipients { get; init; }
}

/// <summary>One per-recipient group (RFC 3464 §2.3).</summary>
public sealed record RecipientReport
{
    /// <summary>The address that delivery was tried for, after forwarding; empty when it does not say.</summary>
    public required HeaderText FinalRecipient { get; init; }

    /// <summary>The address that the sender gave (ORCPT); empty when not known.</summary>
    public HeaderText OriginalRecipient { get; init; }

    /// <summary>Null when a stranger's report does not say, or says something else.</summary>
    public required DeliveryAction? Action { get; init; }

    /// <summary>The default value when a stranger's report has none.</summary>
    public required EnhancedStatus Status { get; init; }

    /// <summary>The host that answered; empty when there was none.</summary>
    public HeaderText RemoteMta { get; init; }

    /// <summary>The answer, such as <c>550 5.1.1 User unknown</c>, without its type; empty when there was none.</summary>
    public HeaderText DiagnosticCode { get; init; }

    public DateTimeOffset? LastAttemptAt { get; init; }

    /// <summary>When a delayed message will be given up; null when not known.</summary>
    public DateTimeOffset? WillRetryUntil { get; init; }
}
