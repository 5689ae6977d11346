using System.Collections.Concurrent;
using Modular.Mail.Smtp;
using Modular.Mail.Smtp.Server;

namespace Modular.Mail.Tests.Smtp;

/// <summary>
/// Keeps what it accepts. It knows the domain local.test, and lets an address choose its fate: <c>busy@</c> is deferred, <c>unknown@</c>
/// is refused, <c>crash@</c> breaks the handler; <c>slow@</c> is stored only when the token gives up; <c>full@</c> closes the session.
/// Its one user is ann, whose password is wonderland; revoked has the same and is not let in.
/// </summary>
internal sealed class RecordingHandler : ISmtpServerHandler
{
    public static readonly SmtpAuthentication Authentication = new() { DecoySecret = "a secret"u8.ToArray(), FailureDelay = TimeSpan.Zero };

    private static readonly ScramKeys Keys = ScramKeys.Derive("wonderland", "0123456789abcdef"u8, ScramKeys.MinIterations);

    public ConcurrentQueue<string> Guesses { get; } = [];

    public ConcurrentQueue<(ReceivedEnvelope Envelope, string Content)> Messages { get; } = [];

    public ConcurrentQueue<Exception> Faults { get; } = [];

    public ValueTask<CredentialAnswer> FindCredentialAsync(SmtpPeer peer, string userName, CancellationToken ct) => userName switch
    {
        "ann" or "revoked" => ValueTask.FromResult(new CredentialAnswer(Keys, Holder: userName)),
        "throttled" => ValueTask.FromResult(new CredentialAnswer(Keys, Refusal: new SmtpReply(454, "4.7.0", "Too many tries"))),
        "crash" => throw new InvalidOperationException("broken on purpose"),
        _ => ValueTask.FromResult(CredentialAnswer.Nobody),
    };

    public ValueTask<SignInAnswer> SignInAsync(SmtpPeer peer, string userName, object? holder, CancellationToken ct) =>
        ValueTask.FromResult<SignInAnswer>(holder is "ann" ? new SignInAnswer.Accepted("rights of ann") : new SignInAnswer.Refused());

    public void SignInFailed(SmtpPeer peer, string userName) => Guesses.Enqueue(userName);

    public ValueTask<SmtpReply?> MailAsync(ReceivedEnvelope envelope, CancellationToken ct) =>
        envelope.Sender.LocalPart is "crash" ? throw new InvalidOperationException("broken on purpose")
        : ValueTask.FromResult(envelope.Sender.LocalPart is "spammer" ? new SmtpReply(550, "5.7.1", "Not you") : null);

    public ValueTask<SmtpReply?> RecipientAsync(ReceivedEnvelope envelope, ReceivedRecipient recipient, CancellationToken ct) =>
        ValueTask.FromResult(recipient.Path switch
        {
            { IsPostmaster: true } => null,
            _ when !recipient.Path.Domain.Equals("local.test", StringComparison.OrdinalIgnoreCase) => new SmtpReply(550, "5.7.1", "Relay denied"),
            { LocalPart: "unknown" } => new SmtpReply(550, "5.1.1", "No such user"),
            { LocalPart: "busy" } => new SmtpReply(450, "4.2.1", "Mailbox busy"),
            { LocalPart: "full" } => new SmtpReply(421, "4.3.2", "Full house"),
            _ => null,
        });

    public async ValueTask<SmtpReply> MessageAsync(ReceivedEnvelope envelope, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        switch (envelope.Recipients[0].Path.LocalPart)
        {
            case "crash":
                throw new InvalidOperationException("broken on purpose");
            case "slow":
                await Task.Delay(Timeout.Infinite, ct);
                break;
        }

        Messages.Enqueue((envelope, Wire.Text(content.Span)));
        return new SmtpReply(250, "2.0.0", "Stored");
    }

    public void Faulted(SmtpPeer peer, Exception fault) => Faults.Enqueue(fault);
}
