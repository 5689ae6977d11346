using System.Buffers;
using Microsoft.Extensions.Options;
using Modular.Delivery.Gateway;
using Modular.Mail.Mime;
using Modular.Mail.Reports;
using Modular.Mail.Smtp;

namespace Modular.Delivery.Submission;

/// <summary>Writes the delivery status notification that the sender of a submitted mail is owed about one recipient (RFC 3464), as a message to be queued.</summary>
internal sealed class SubmissionReports(SignedAddresses addresses, IOptions<DeliverySettings> settings)
{
    private static readonly EnhancedStatus NoStatusFailed = new(5, 0, 0), NoStatusDone = new(2, 0, 0);

    /// <summary>Whether the sender wants to hear it: of failure unless told otherwise, of success only when asked for (RFC 3461 §4.1). Nobody answers the null sender.</summary>
    public static bool IsOwed(SubmittedEnvelope envelope, DsnNotify notify, SubmittedOutcome outcome) =>
        !envelope.IsLetter && envelope.Sender.Length > 0
        && (outcome is SubmittedOutcome.Failed ? notify is DsnNotify.Unspecified || notify.HasFlag(DsnNotify.Failure) : notify.HasFlag(DsnNotify.Success));

    /// <param name="original">The mail as it was stored.</param>
    /// <param name="messageId">Of the report, and <paramref name="recipientId"/> of its only recipient.</param>
    public SubmittedRow Write(
        SubmittedRecipientSettled settled, SubmittedEnvelope envelope, SubmittedRecipient recipient, EmailAddress to, DateTimeOffset receivedAt, ReadOnlySpan<byte> original,
        long messageId, long recipientId)
    {
        var reportTo = EmailAddress.Parse(envelope.Sender);
        var from = "mailer-daemon@" + settings.Value.ReturnDomain;
        var header = new ReportHeader
        {
            From = MailboxAddress.Create(from, HeaderText.Create("Mail Delivery System")),
            To = MailboxAddress.Create(reportTo.ToString()),
            Date = settled.At,
            MessageId = MessageId.Create(addresses.Write(new SignedAddress(AddressKind.MessageId, settled.Tenant, recipientId)) + "@" + settings.Value.ReturnDomain),
        };
        var report = new DeliveryReport
        {
            ReportingMta = HeaderText.Create(settings.Value.HostName),
            OriginalEnvelopeId = HeaderText.Clean(Xtext.Decode(envelope.EnvelopeId ?? "")),
            ArrivedAt = receivedAt,
            Recipients =
            [
                new RecipientReport
                {
                    OriginalRecipient = OriginalOf(recipient),
                    FinalRecipient = HeaderText.Create(to.ToString()),
                    Action = settled.Outcome switch
                    {
                        SubmittedOutcome.Failed => DeliveryAction.Failed,
                        SubmittedOutcome.Relayed => DeliveryAction.Relayed,
                        _ => DeliveryAction.Delivered,
                    },
                    Status = StatusOf(settled),
                    RemoteMta = settled.Server.Split(' ')[0] is var host && host.Contains('.', StringComparison.Ordinal) ? HeaderText.Clean(host) : default,
                    DiagnosticCode = HeaderText.Clean(settled.Words),
                    LastAttemptAt = settled.At,
                },
            ],
        };
        var output = new ArrayBufferWriter<byte>(4_096);
        ReportWriter.Write(header, report, original, output, isWhole: settled.Outcome is SubmittedOutcome.Failed && envelope.Return is DsnReturn.Full);
        var own = new SubmittedEnvelope(Client: "", Sender: "", from, IsUtf8: false, DsnReturn.Unspecified, EnvelopeId: null, [new SubmittedRecipient(recipientId, DsnNotify.Never, null)], IsLetter: true);
        return new SubmittedRow(messageId, CredentialId: 0, own, output.WrittenSpan.ToArray(), [(recipientId, reportTo)]);
    }

    /// <summary>A success never has the status of a failure, nor the other way round; 4.x.x says that it was given up after many tries (RFC 3464 §2.3.4).</summary>
    private static EnhancedStatus StatusOf(SubmittedRecipientSettled settled)
    {
        var isFailure = settled.Outcome is SubmittedOutcome.Failed;
        return EnhancedStatus.TryParse(settled.Status, out var status) && status.Class is 2 != isFailure ? status : isFailure ? NoStatusFailed : NoStatusDone;
    }

    /// <summary>Addresses of other kinds than those of mail are known to no field of ours.</summary>
    private static HeaderText OriginalOf(SubmittedRecipient recipient) =>
        recipient.OriginalRecipient is { } original && original.StartsWith("rfc822;", StringComparison.OrdinalIgnoreCase) ? HeaderText.Clean(Xtext.Decode(original[7..])) : default;
}
