using Modular.Mail.Smtp;

namespace Modular.Delivery.Outbound;

/// <summary>Whether a refusal says that the address itself is dead. Refusals of us, of the content or of the moment never are (policy 5.7.x, full mailboxes).</summary>
internal static class HardBounce
{
    public static bool Is(SmtpReply reply) => reply.IsPermanent && Is(reply.Status, reply.Text);

    public static bool Is(EnhancedStatus status, string words) => status switch
    {
        { Class: 5, Subject: 1, Detail: 1 or 2 or 3 or 6 or 10 } => true,
        { Class: 5, Subject: 2, Detail: 1 } => true,
        { Class: 5, Detail: not 0 } => false,
        _ => Says(words),
    };

    /// <summary>For servers that give no status, or 5.0.0.</summary>
    private static bool Says(string words) => Phrases.Any(phrase => words.Contains(phrase, StringComparison.OrdinalIgnoreCase));

    private static readonly string[] Phrases =
    [
        "user unknown", "unknown user", "no such user", "no such recipient", "no such mailbox", "mailbox not found", "user not found", "unknown recipient",
        "recipient unknown", "does not exist", "doesn't exist", "no mailbox here", "mailbox unavailable", "invalid recipient", "invalid mailbox",
        "account has been disabled", "account is disabled", "mailbox disabled", "address rejected: unknown", "not a valid mailbox", "unrouteable address",
    ];
}
