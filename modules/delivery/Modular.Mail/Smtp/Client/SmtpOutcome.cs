namespace Modular.Mail.Smtp.Client;

/// <summary>
/// What became of one message on one connection. Exactly one of these is true of every message announced, also when the connection is
/// lost: only <see cref="Ambiguous"/> leaves a question open, which no protocol can answer (RFC 1047).
/// </summary>
public abstract record SmtpOutcome
{
    private SmtpOutcome()
    {
    }

    /// <summary>The server took over responsibility.</summary>
    public sealed record Accepted(SmtpReply Reply) : SmtpOutcome;

    /// <summary>
    /// The server said no, for now (4xx) or for good (5xx), and did not take the message. Where all recipients were refused, this is the
    /// reply to the first.
    /// </summary>
    public sealed record Refused(SmtpStage Stage, SmtpReply Reply) : SmtpOutcome;

    /// <summary>This server cannot take such a message, so it was not tried: too large, or it needs an extension that is not offered.</summary>
    public sealed record Unsuited(EnhancedStatus Status, string Reason) : SmtpOutcome;

    /// <summary>The final dot was never sent. Sending again makes no duplicate.</summary>
    public sealed record NotSent(SmtpException Cause) : SmtpOutcome;

    /// <summary>The final dot was sent and no usable reply came. The server may have the message.</summary>
    public sealed record Ambiguous(SmtpException Cause) : SmtpOutcome;
}

/// <summary>How far a session or a message had come.</summary>
public enum SmtpStage
{
    Connect,
    Greeting,
    Hello,
    Tls,
    SignIn,
    Sender,
    Recipient,
    Data,

    /// <summary>The message itself, up to the reply to its final dot.</summary>
    Content,

    Reset,
    Quit,
}

/// <summary>A session that cannot go on: refused at the door, broken off, silent, or out of step with us.</summary>
/// <param name="reply">What the server said to it, if anything.</param>
public sealed class SmtpException(SmtpStage stage, string message, SmtpReply? reply = null, Exception? inner = null) : Exception(message, inner)
{
    public SmtpStage Stage { get; } = stage;

    public SmtpReply? Reply { get; } = reply;

    /// <summary>TLS failed because the certificate is not the one that the policy asks for, not because the two sides could not agree.</summary>
    public bool IsCertificateFault { get; internal init; }

    internal static SmtpException Saying(SmtpStage stage, SmtpReply reply) => new(stage, $"The server said at {stage}: {reply}", reply);
}
