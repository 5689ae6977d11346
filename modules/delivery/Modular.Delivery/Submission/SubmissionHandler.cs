using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Modular.Delivery.Outbound;
using Modular.Kernel.Auditing;
using Modular.Kernel.Web;
using Modular.Mail.Mime;
using Modular.Mail.Smtp;
using Modular.Mail.Smtp.Server;
using Modular.Tenancy;

namespace Modular.Delivery.Submission;

/// <summary>
/// Who may submit mail, and what: programs with a credential, from their tenant's own sending domains, in the envelope and in the header (RFC 6409 §6.1).
/// A message has its 250 only when it and its recipients are committed.
/// </summary>
internal sealed partial class SubmissionHandler(
    ISmtpCredentials credentials, ITenantDirectory tenants, Signers signers, SubmissionStore store, SignInThrottle throttle, SubmissionRates rates, IRefusalLog refusals, IOptions<DeliverySettings> settings, ILogger<SubmissionHandler> log) : ISmtpServerHandler
{
    private const int MaxHeaderBytes = 64 * 1024;

    /// <summary>Somebody may pass on what they got through us, and again; a smart host that leads back here never ends.</summary>
    private const int MaxOwnPasses = 3;

    private static readonly SmtpReply Taken = new(250, "2.0.0", "Ok: queued");
    private static readonly SmtpReply TooManyTries = new(454, "4.7.0", "Too many failed sign-ins, try again later");
    private static readonly SmtpReply NotNow = new(451, "4.7.1", "Sending is suspended, try again later");
    private static readonly SmtpReply TooFast = new(450, "4.7.1", "Too many recipients a minute, try again later");
    private static readonly SmtpReply BadSender = new(553, "5.1.7", "We cannot send from this address");
    private static readonly SmtpReply BadRecipient = new(553, "5.1.3", "We cannot send to this address");
    private static readonly SmtpReply NoFrom = new(550, "5.6.0", "The message needs one From field with an address (RFC 5322)");
    private static readonly SmtpReply HeaderTooLarge = new(552, "5.3.4", "The header is larger than 64 KB");
    private static readonly SmtpReply HasNul = new(550, "5.6.0", "The message has a NUL, which no mail may have (RFC 5322)");
    private static readonly SmtpReply Loop = new(554, "5.4.6", "This mail was submitted here again and again");
    private static readonly SmtpReply NoLongerSignedIn = new(530, "5.7.0", "Authentication required");

    public async ValueTask<CredentialAnswer> FindCredentialAsync(SmtpPeer peer, string userName, CancellationToken ct)
    {
        if (throttle.Wait(AttemptOf(peer, userName)) is not null) return new CredentialAnswer(null, Refusal: TooManyTries);
        return await credentials.FindAsync(userName, ct) is { } found
            ? new CredentialAnswer(new ScramKeys(found.Salt, found.Iterations, found.StoredKey, found.ServerKey), Holder: found)
            : CredentialAnswer.Nobody;
    }

    public async ValueTask<SignInAnswer> SignInAsync(SmtpPeer peer, string userName, object? holder, CancellationToken ct)
    {
        var proven = (SmtpCredential)holder!; // what FindCredentialAsync gave with the keys
        switch (await credentials.AuthorizeAsync(proven, peer.Address, ct))
        {
            case SmtpAccess.Granted granted:
                return new SignInAnswer.Accepted(new SubmissionRights(granted.Caller.Tenant, proven, granted.Caller.Actor, granted.Domains));
            case SmtpAccess.Refused refused:
                LogRefused(proven.Id, peer.Address, refused.Reason);
                return new SignInAnswer.Refused(); // as to a wrong password: from a wrong place nobody learns that it is right
            default:
                return new SignInAnswer.Refused();
        }
    }

    private static SignInAttempt AttemptOf(SmtpPeer peer, string userName) => new("smtp:" + userName.ToLowerInvariant(), AddressForm.NetworkOf(peer.Address), IsProgram: true);

    public void SignInFailed(SmtpPeer peer, string userName)
    {
        throttle.CountFailure(AttemptOf(peer, userName));
        refusals.Refused(null, "anonymous", "sign-in.refused", "submission", "the user name or the password is wrong", new AuditOrigin(AuditDoors.Submission, peer.Address));
        LogFailed(peer.Address);
    }

    public async ValueTask<SmtpReply?> MailAsync(ReceivedEnvelope envelope, CancellationToken ct)
    {
        if (RightsOf(envelope) is not { } rights) return null; // without rights no recipient is taken
        if (!(await tenants.ActiveAsync(ct)).Contains(rights.Tenant)) return NotNow; // a session may outlive its tenant's time
        if (await credentials.AuthorizeAsync(rights.Credential, envelope.Peer.Address, ct) is not SmtpAccess.Granted) return NoLongerSignedIn; // sessions outlive credentials
        if (envelope.Sender.IsNull) return null;
        if (!EmailAddress.TryParse(envelope.Sender.ToString(), out var sender, out _)) return BadSender;
        return await MayUseAsync(rights, sender, ct) ? null : Foreign("sender", sender.Domain);
    }

    public ValueTask<SmtpReply?> RecipientAsync(ReceivedEnvelope envelope, ReceivedRecipient recipient, CancellationToken ct) =>
        ValueTask.FromResult(EmailAddress.TryParse(recipient.Path.ToString(), out _, out _) ? null : BadRecipient);

    public async ValueTask<SmtpReply> MessageAsync(ReceivedEnvelope envelope, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        if (RightsOf(envelope) is not { } rights) return NoLongerSignedIn;
        var headerBytes = content.Span.StartsWith("\r\n"u8) ? 0 : content.Span.IndexOf("\r\n\r\n"u8) is >= 0 and var end ? end + 2 : content.Length;
        if (headerBytes > MaxHeaderBytes) return HeaderTooLarge;
        if (content.Span.Contains((byte)0)) return HasNul;
        var header = HeaderList.Parse(content[..headerBytes]);
        if (header.All("Received").Count(field => ReceivedField.IsBy(field.Value, settings.Value.HostName)) >= MaxOwnPasses) return Loop;
        var fields = header.All("From").ToList();
        if (fields.Count is not 1 || AddressList.Parse(fields[0].Value) is not { Count: > 0 } from) return NoFrom;

        EmailAddress? first = null;
        foreach (var mailbox in from.Concat(header.All("Sender").SelectMany(field => AddressList.Parse(field.Value))))
        {
            if (!EmailAddress.TryParse(mailbox.Address, out var author, out _)) return NoFrom;
            if (!await MayUseAsync(rights, author, ct)) return Foreign("header From", author.Domain);
            first ??= author;
        }

        var recipients = new List<(EmailAddress, ReceivedRecipient)>(envelope.Recipients.Count);
        foreach (var recipient in envelope.Recipients.DistinctBy(recipient => EmailAddress.Parse(recipient.Path.ToString()).Key))
        {
            recipients.Add((EmailAddress.Parse(recipient.Path.ToString()), recipient));
        }
        if (!rates.MaySend(rights.Credential.Id, recipients.Count)) return TooFast;
        await store.AddAsync(new SubmittedMail(
            rights, envelope, first!, recipients, content, headerBytes, HasDate: header.Find("Date") is not null, HasMessageId: header.Find("Message-ID") is not null));
        return Taken;
    }

    public void Faulted(SmtpPeer peer, Exception fault) => LogFault(fault, peer.Address);

    private static SubmissionRights? RightsOf(ReceivedEnvelope envelope) => envelope.Peer.Identity?.Rights as SubmissionRights;

    private async ValueTask<bool> MayUseAsync(SubmissionRights rights, EmailAddress address, CancellationToken ct) =>
        await signers.FindAsync(rights.Tenant, address, ct) is { } found
        && (rights.Domains.Count is 0 || rights.Domains.Contains(found.Domain, StringComparer.OrdinalIgnoreCase));

    private static SmtpReply Foreign(string where, string domain) => new(550, "5.7.1", $"The {where} is at {domain}, which is not one of your sending domains");

    [LoggerMessage(Level = LogLevel.Warning, Message = "Credential {CredentialId} proved its password from {Client} and was not let in: {Reason}")]
    private partial void LogRefused(long credentialId, System.Net.IPAddress client, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "A sign-in from {Client} failed")]
    private partial void LogFailed(System.Net.IPAddress client);

    [LoggerMessage(Level = LogLevel.Error, Message = "Submission failed for {Client}; it was told to come back")]
    private partial void LogFault(Exception fault, System.Net.IPAddress client);
}
