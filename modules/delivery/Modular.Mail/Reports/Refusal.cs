using Modular.Mail.Smtp;

namespace Modular.Mail.Reports;

/// <summary>Why a server refused in session, by the words that reports are read by. The bare code says nothing here: 550 means everything.</summary>
public static class Refusal
{
    /// <returns>Without addresses; <see cref="BouncedRecipient.IsHard"/> is true only where status or words say that the address is dead.</returns>
    public static BouncedRecipient Read(SmtpReply reply) => BounceJudge.Judge("", null, null, reply.Status, [reply.Text], BounceRules.Default);
}
