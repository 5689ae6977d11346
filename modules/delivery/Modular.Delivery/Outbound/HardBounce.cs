using Modular.Mail.Reports;
using Modular.Mail.Smtp;

namespace Modular.Delivery.Outbound;

/// <summary>
/// Whether a refusal says that the address itself is dead. Refusals of us, of the content or of the moment never are (policy 5.7.x, full mailboxes): in session a
/// status that says so is believed, and words count only where there is none.
/// </summary>
internal static class HardBounce
{
    public static bool Is(SmtpReply reply) => reply.IsPermanent && reply.Status switch
    {
        { Class: 5, Subject: 1, Detail: 1 or 2 or 3 or 6 or 10 } => true,
        { Class: 5, Subject: 2, Detail: 1 } => true,
        { Class: 5, Detail: not 0 } => false,
        _ => Refusal.Read(reply).IsHard,
    };
}
