using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Modular.Mail.Smtp;
using Modular.Mail.Smtp.Server;

namespace Modular.Delivery.Gateway;

/// <summary>
/// Who may write to us: holders of an address that we signed, feedback loops, reporters on domains, and whoever wants the postmaster. Everybody else is refused at RCPT, so
/// that nothing is ever bounced (RFC 5321 §7.3). A message has its 250 only when it is committed; when that fails the session answers 451 (§6.1).
/// </summary>
internal sealed partial class GatewayHandler(SignedAddresses addresses, InboundStore store, IOptions<DeliverySettings> settings, ILogger<GatewayHandler> log) : ISmtpServerHandler
{
    private static readonly SmtpReply Unknown = new(550, "5.1.1", "No such address here");
    private static readonly SmtpReply Taken = new(250, "2.0.0", "Ok: kept");

    public ValueTask<SmtpReply?> RecipientAsync(ReceivedEnvelope envelope, ReceivedRecipient recipient, CancellationToken ct) =>
        ValueTask.FromResult(Find(recipient.Path) is null ? Unknown : null);

    public async ValueTask<SmtpReply> MessageAsync(ReceivedEnvelope envelope, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        var from = $"{envelope.Peer.Address}\n{envelope.Peer.Helo}\n{envelope.Sender}";
        var kept = new List<Task>(envelope.Recipients.Count);
        foreach (var recipient in envelope.Recipients)
        {
            if (Find(recipient.Path) is not var (kind, address)) continue;
            var mail = new InboundMail(kind, address?.RecipientId, from, content);
            kept.Add(address is { } signed ? store.AddAsync(signed.Tenant, mail) : store.AddAsync(mail));
        }
        await Task.WhenAll(kept);
        return Taken;
    }

    public void Faulted(SmtpPeer peer, Exception fault) => LogFault(fault, peer.Address.ToString());

    private (string Kind, SignedAddress? Address)? Find(SmtpPath path)
    {
        if (IsForUs(path)) return (InboundKind.Postmaster, null);
        if (!path.Domain.Equals(settings.Value.ReturnDomain, StringComparison.OrdinalIgnoreCase)) return null;
        if (path.LocalPart.Equals(settings.Value.Gateway.FeedbackAddress, StringComparison.OrdinalIgnoreCase)) return (InboundKind.Feedback, null);
        if (path.LocalPart.Equals(settings.Value.Gateway.ReportAddress, StringComparison.OrdinalIgnoreCase)) return (InboundKind.DomainReport, null);
        if (!addresses.TryRead(path.LocalPart, out var signed)) return null;
        return signed.Kind switch
        {
            AddressKind.Bounce => (InboundKind.Bounce, signed),
            AddressKind.Feedback => (InboundKind.Feedback, signed),
            AddressKind.Unsubscribe => (InboundKind.Unsubscribe, signed),
            _ => null,
        };
    }

    /// <summary>Postmaster and abuse at our names, or at our address where no name is known (RFC 5321 §4.5.1, RFC 2142 §4, §5); at other people's they are no business of ours.</summary>
    private bool IsForUs(SmtpPath path) =>
        (path.IsPostmaster || path.LocalPart.Equals("abuse", StringComparison.OrdinalIgnoreCase))
        && (path.Domain.Length is 0 || path.Domain[0] is '[' || path.Domain.Equals(settings.Value.ReturnDomain, StringComparison.OrdinalIgnoreCase)
            || path.Domain.Equals(settings.Value.HostName, StringComparison.OrdinalIgnoreCase));

    [LoggerMessage(Level = LogLevel.Error, Message = "The gateway could not keep a mail from {Client}; it was told to come back")]
    private partial void LogFault(Exception fault, string client);
}
