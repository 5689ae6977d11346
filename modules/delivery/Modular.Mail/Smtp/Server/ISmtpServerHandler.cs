namespace Modular.Mail.Smtp.Server;

/// <summary>
/// What a listener decides: who may connect, send and receive, and where messages go. One instance serves all sessions at once, so it
/// keeps no state of a session. An exception or an overrun of <see cref="SmtpServerOptions.HandlerTimeout"/> is answered 451, and the
/// client comes back: our trouble is never the sender's verdict.
/// </summary>
public interface ISmtpServerHandler
{
    /// <summary>Null greets the client; a reply is sent in the greeting's place and the session ends.</summary>
    ValueTask<SmtpReply?> ConnectedAsync(SmtpPeer peer, CancellationToken ct) => default;

    /// <summary>
    /// What is kept for a user name, asked for whatever the mechanism. To say <see cref="CredentialAnswer.Nobody"/> must take as long as to say who.
    /// </summary>
    /// <param name="userName">Untrusted, at most 255 bytes, without controls.</param>
    ValueTask<CredentialAnswer> FindCredentialAsync(SmtpPeer peer, string userName, CancellationToken ct) => ValueTask.FromResult(CredentialAnswer.Nobody);

    /// <summary>The client proved that it knows the password: may it come in?</summary>
    ValueTask<SignInAnswer> SignInAsync(SmtpPeer peer, string userName, object? holder, CancellationToken ct) =>
        ValueTask.FromResult<SignInAnswer>(new SignInAnswer.Refused());

    /// <summary>Hears of every guess that was wrong.</summary>
    void SignInFailed(SmtpPeer peer, string userName)
    {
    }

    /// <summary>Null accepts the sender; a positive reply does so in other words; any other refuses it.</summary>
    ValueTask<SmtpReply?> MailAsync(ReceivedEnvelope envelope, CancellationToken ct) => default;

    /// <summary>
    /// Null accepts the recipient; a positive reply does so in other words; any other refuses it. The server never relays by itself:
    /// whoever accepts every recipient runs an open relay. Postmaster must be accepted (RFC 5321 §4.5.1).
    /// </summary>
    ValueTask<SmtpReply?> RecipientAsync(ReceivedEnvelope envelope, ReceivedRecipient recipient, CancellationToken ct);

    /// <summary>
    /// Takes over responsibility for the message (RFC 5321 §6.1): a positive reply may be given only when it is on stable storage.
    /// </summary>
    /// <param name="content">Dots unstuffed, every line ending CRLF. The memory is taken back as soon as the task completes.</param>
    ValueTask<SmtpReply> MessageAsync(ReceivedEnvelope envelope, ReadOnlyMemory<byte> content, CancellationToken ct);

    /// <summary>Hears of every exception that a client was told of in general words only.</summary>
    void Faulted(SmtpPeer peer, Exception fault);
}
