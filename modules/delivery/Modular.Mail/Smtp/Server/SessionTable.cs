namespace Modular.Mail.Smtp.Server;

/// <summary>Where a session stands between two commands.</summary>
internal enum SessionState
{
    /// <summary>Not greeted, or not again since TLS began.</summary>
    Connected,

    Greeted,

    /// <summary>A sender is accepted.</summary>
    Sender,

    /// <summary>At least one recipient is accepted.</summary>
    Recipients,

    /// <summary>A part of the message is here, and more is to come (RFC 3030 §2).</summary>
    Chunks,
}

/// <summary>
/// The order of commands (RFC 5321 §4.1.4): the state after the command, when the command itself succeeds; null where it is out of order.
/// </summary>
internal static class SessionTable
{
    public static SessionState? Next(SessionState state, SmtpVerb verb) => (verb, state) switch
    {
        (SmtpVerb.Ehlo or SmtpVerb.Helo, _) => SessionState.Greeted,
        (SmtpVerb.Mail, SessionState.Greeted) => SessionState.Sender,
        (SmtpVerb.Rcpt, SessionState.Sender or SessionState.Recipients) => SessionState.Recipients,
        (SmtpVerb.Data, SessionState.Recipients) => SessionState.Greeted,
        (SmtpVerb.Bdat, SessionState.Recipients or SessionState.Chunks) => SessionState.Chunks,   // and Greeted behind the last
        (SmtpVerb.StartTls, SessionState.Greeted) => SessionState.Connected,
        (SmtpVerb.Auth, SessionState.Greeted) => SessionState.Greeted,
        (SmtpVerb.Rset, SessionState.Connected) => SessionState.Connected,
        (SmtpVerb.Rset, _) => SessionState.Greeted,
        (SmtpVerb.Noop or SmtpVerb.Vrfy or SmtpVerb.Expn or SmtpVerb.Help or SmtpVerb.Quit, _) => state,
        _ => null,
    };
}
