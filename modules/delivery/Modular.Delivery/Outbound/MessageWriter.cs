using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Modular.Delivery.Gateway;
using Modular.Delivery.Queue;
using Modular.Mail.Mime;

namespace Modular.Delivery.Outbound;

/// <summary>A composed message on its way to a connection.</summary>
internal sealed record Ready(Claimed Recipient, ComposedMessage.Message Content, SignerPool Signers, MimeWriter Writer, string ReturnPath);

/// <summary>
/// Writes composed messages as octets and signs them. Whatever it needs is fixed with the ledger's row, the Date too, so that every attempt sends the
/// same bytes under the same Message-ID (RFC 5322 §3.6.4).
/// </summary>
internal sealed class MessageWriter(SignedAddresses addresses, IOptions<DeliverySettings> settings)
{
    private static readonly HeaderLine OneClick = HeaderLine.Structured("List-Unsubscribe-Post", HeaderText.Create("List-Unsubscribe=One-Click"));

    private readonly ConditionalWeakTable<SharedHeader, MimeWriter> _writers = [];
    private readonly string _returnDomain = settings.Value.ReturnDomain;

    /// <summary>What all messages with this header share, encoded once.</summary>
    /// <exception cref="ArgumentException">A name or list id cannot stand in a header.</exception>
    public MimeWriter WriterOf(SharedHeader header) => _writers.GetValue(header, static shared => new MimeWriter(new MimeTemplate
    {
        From = Mailbox(shared.From, shared.FromName),
        ReplyTo = shared.ReplyTo is { } replyTo ? Mailbox(replyTo, null) : null,
        Headers =
        [
            HeaderLine.Structured("List-Id", HeaderText.Create("<" + shared.ListId + ">")),
            HeaderLine.Structured("Feedback-ID", HeaderText.Create(shared.FeedbackId)),
        ],
    }));

    public string AddressOf(AddressKind kind, Claimed recipient) =>
        addresses.Write(new SignedAddress(kind, recipient.Tenant, recipient.RecipientId)) + "@" + _returnDomain;

    /// <summary>Appends the message, and puts its signature into a buffer of its own: the signature is sent first, and known last.</summary>
    public void Write(Ready ready, ArrayBufferWriter<byte> message, ArrayBufferWriter<byte> signature)
    {
        var (recipient, content) = (ready.Recipient, ready.Content);
        var fields = new List<HeaderLine>(3)
        {
            HeaderLine.Structured("CFBL-Address", HeaderText.Create(AddressOf(AddressKind.Feedback, recipient) + "; report=arf")),
        };
        if (content.UnsubscribeUrl is { } url)
        {
            var byMail = AddressOf(AddressKind.Unsubscribe, recipient);
            fields.Add(HeaderLine.Structured("List-Unsubscribe", HeaderText.Create($"<{url.AbsoluteUri}>, <mailto:{byMail}?subject=unsubscribe>")));
            fields.Add(OneClick);
        }

        var layout = ready.Writer.Write(
            new MimeContent
            {
                To = Mailbox(content.To, content.ToName),
                Subject = HeaderText.Create(content.Subject),
                Date = recipient.QueuedAt,
                MessageId = MessageId.Create(AddressOf(AddressKind.MessageId, recipient)),
                Headers = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(fields),
                Text = content.Text.Span,
                Html = content.Html.Span,
            },
            message);

        var signer = ready.Signers.Take();
        try
        {
            var written = message.WrittenSpan;
            signer.Sign(written[..layout.HeaderBytes], written[layout.BodyStart..], recipient.QueuedAt, signature);
        }
        finally
        {
            ready.Signers.Return(signer);
        }
    }

    private static MailboxAddress Mailbox(EmailAddress address, string? name) =>
        MailboxAddress.Create(address.ToString(), HeaderText.TryCreate(name ?? "", out var text) ? text : default);
}
