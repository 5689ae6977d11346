using System.Buffers;
using System.Text;
using Microsoft.Extensions.Options;
using Modular.Delivery.Gateway;
using Modular.Delivery.Submission;
using Modular.Kernel.Mailing;
using Modular.Mail.Mime;
using Modular.Mail.Smtp;

namespace Modular.Delivery.Letters;

/// <summary>A letter as a whole message, from the address that the settings name, marked as written by a machine (RFC 3834 §5).</summary>
internal sealed class LetterWriter(SignedAddresses addresses, IOptions<DeliverySettings> settings, TimeProvider time)
{
    /// <summary>The field that tells a letter of the suite's from a tenant's mail.</summary>
    public const string Mark = "Auto-Submitted";

    private readonly string _from = settings.Value.Letters.From ?? "no-reply@" + settings.Value.ReturnDomain;

    public SubmittedRow Write(TenantId tenant, long messageId, long recipientId, EmailAddress to, Letter letter)
    {
        var output = new ArrayBufferWriter<byte>(4_096);
        new MimeWriter(new MimeTemplate
        {
            From = MailboxAddress.Create(_from, HeaderText.Create(settings.Value.Letters.FromName)),
            Headers = [HeaderLine.Structured(Mark, HeaderText.Create("auto-generated"))],
        }).Write(
            new MimeContent
            {
                To = MailboxAddress.Create(to.ToString(), default),
                Subject = HeaderText.Create(letter.Subject),
                Date = time.GetUtcNow(),
                MessageId = MessageId.Create(addresses.Write(new SignedAddress(AddressKind.MessageId, tenant, recipientId)) + "@" + settings.Value.ReturnDomain),
                Text = Encoding.UTF8.GetBytes(letter.Text),
                Html = Encoding.UTF8.GetBytes(letter.Html ?? ""),
            },
            output);
        var envelope = new SubmittedEnvelope(
            Client: "", _from, _from, IsUtf8: false, DsnReturn.Unspecified, EnvelopeId: null, [new SubmittedRecipient(recipientId, DsnNotify.Unspecified, null)], IsLetter: true);
        return new SubmittedRow(messageId, CredentialId: 0, envelope, output.WrittenSpan.ToArray(), [(recipientId, to)]);
    }
}
