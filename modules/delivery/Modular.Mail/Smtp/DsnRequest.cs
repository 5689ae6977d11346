namespace Modular.Mail.Smtp;

/// <summary>How much of the message a failure report should return (RFC 3461 §4.3).</summary>
public enum DsnReturn
{
    Unspecified,
    Full,
    Headers,
}

/// <summary>When the sender wants a report (RFC 3461 §4.1); <see cref="Unspecified"/> means on failure and perhaps on delay.</summary>
[Flags]
public enum DsnNotify
{
    Unspecified = 0,
    Never = 1,
    Success = 2,
    Failure = 4,
    Delay = 8,
}

/// <summary>What the sender wants to be told of one recipient.</summary>
/// <param name="OriginalRecipient">ORCPT as <c>type;xtext</c> (RFC 3461 §4.2); null for none.</param>
public readonly record struct DsnRequest(DsnNotify Notify, string? OriginalRecipient = null);
