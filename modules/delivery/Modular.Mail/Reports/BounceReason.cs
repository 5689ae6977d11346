namespace Modular.Mail.Reports;

/// <summary>Why a mail came back. The names are those of the rule file, in C#'s spelling.</summary>
public enum BounceReason
{
    /// <summary>Nothing in the report says it in words that are known here.</summary>
    Undetermined,

    /// <summary>The mailbox does not exist.</summary>
    UserUnknown,

    /// <summary>The domain does not exist.</summary>
    HostUnknown,

    /// <summary>The recipient has another address now.</summary>
    HasMoved,

    /// <summary>The domain takes no mail at all (RFC 7505 §3).</summary>
    NotAccepting,
    MailboxFull,

    /// <summary>The mailbox exists but is disabled or suspended.</summary>
    Inactive,

    /// <summary>Refused for the recipient's own settings, or after acceptance, with no better word for it.</summary>
    Filtered,

    /// <summary>Refused for the envelope sender or header From.</summary>
    SenderRejected,

    /// <summary>Refused for the sending host's address.</summary>
    Blocked,
    Reputation,
    Spam,
    Virus,
    Content,
    Policy,
    Security,

    /// <summary>SPF, DKIM or DMARC.</summary>
    Authentication,

    /// <summary>The sending host's address has no name in DNS, or a wrong one.</summary>
    ReverseDns,
    RateLimited,
    TooManyConnections,
    TooLarge,
    NotCompliant,
    Relaying,
    Tls,
    Network,

    /// <summary>Tried for as long as the sender's own queue allows.</summary>
    Expired,
    System,
    SystemFull,

    /// <summary>A program on the receiving host failed.</summary>
    MailerError,
    Syntax,
}

/// <summary>What a reason means for the contact.</summary>
internal static class BounceReasons
{
    /// <summary>True when the address is dead: no later mail can reach it.</summary>
    public static bool IsHard(this BounceReason reason) =>
        reason is BounceReason.UserUnknown or BounceReason.HostUnknown or BounceReason.HasMoved or BounceReason.NotAccepting;

    /// <summary>The reason and its group, in the words that tools for comparing classifiers share.</summary>
    public static (string Reason, string Group) Words(this BounceReason reason) => reason switch
    {
        BounceReason.UserUnknown => ("userunknown", "bad_address"),
        BounceReason.HostUnknown => ("hostunknown", "bad_domain"),
        BounceReason.HasMoved => ("hasmoved", "bad_address"),
        BounceReason.NotAccepting => ("notaccept", "bad_domain"),
        BounceReason.MailboxFull => ("mailboxfull", "mailbox_full"),
        BounceReason.Inactive => ("suspend", "inactive"),
        BounceReason.Filtered => ("filtered", "undetermined"),
        BounceReason.SenderRejected => ("rejected", "policy"),
        BounceReason.Blocked => ("blocked", "policy"),
        BounceReason.Reputation => ("badreputation", "policy"),
        BounceReason.Spam => ("spamdetected", "policy"),
        BounceReason.Virus => ("virusdetected", "policy"),
        BounceReason.Content => ("contenterror", "policy"),
        BounceReason.Policy => ("policyviolation", "policy"),
        BounceReason.Security => ("securityerror", "policy"),
        BounceReason.Authentication => ("authfailure", "policy"),
        BounceReason.ReverseDns => ("requireptr", "policy"),
        BounceReason.RateLimited => ("speeding", "policy"),
        BounceReason.TooManyConnections => ("toomanyconn", "policy"),
        BounceReason.TooLarge => ("mesgtoobig", "policy"),
        BounceReason.NotCompliant => ("notcompliantrfc", "policy"),
        BounceReason.Relaying => ("norelaying", "policy"),
        BounceReason.Tls => ("failedstarttls", "policy"),
        BounceReason.Network => ("networkerror", "transient"),
        BounceReason.Expired => ("expired", "transient"),
        BounceReason.System => ("systemerror", "transient"),
        BounceReason.SystemFull => ("systemfull", "transient"),
        BounceReason.MailerError => ("mailererror", "transient"),
        BounceReason.Syntax => ("syntaxerror", "undetermined"),
        _ => ("undefined", "undetermined"),
    };
}
