using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Modular.Delivery.Gateway;
using Modular.Delivery.Queue;
using Modular.Mail.Mime;
using Modular.Mail.Smtp;

namespace Modular.Delivery.Outbound;

/// <summary>A message on its way to a connection.</summary>
/// <param name="Signers">Null for a letter of the suite from a domain without keys.</param>
internal sealed record Ready(Claimed Recipient, EmailAddress To, ReadyContent Content, SignerPool? Signers, string ReturnPath)
{
    /// <summary>It must never be answered by a report, so it goes out with the null sender (RFC 5321 §4.5.5).</summary>
    public bool IsFromNobody { get; init; }

    /// <summary>When the suppression list was asked, a timestamp; null for mail that it does not bind.</summary>
    public long? CheckedAt { get; init; }

    /// <summary>What the sender of submitted mail asked for in reports; null for what the suite writes.</summary>
    public DsnAsked? Asked { get; init; }
}

/// <param name="EnvelopeId">ENVID as it came; null for none.</param>
internal sealed record DsnAsked(DsnReturn Return, string? EnvelopeId, DsnRequest Of);

/// <summary>What is written to the wire behind the signature.</summary>
internal abstract record ReadyContent
{
    private ReadyContent() { }

    /// <summary>Written when its turn comes, from what was composed.</summary>
    public sealed record Composed(ComposedMessage.Message Message, MimeWriter Writer) : ReadyContent;

    /// <summary>Sent as it is: every line ends in CRLF, and an empty one ends the header.</summary>
    public sealed record Raw(ReadOnlyMemory<byte> Bytes, bool Is8Bit, bool IsUtf8) : ReadyContent
    {
        public static Raw Of(ReadOnlyMemory<byte> bytes, bool isUtf8) => new(bytes, !System.Text.Ascii.IsValid(bytes.Span), isUtf8);
    }
}

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
        switch (ready.Content)
        {
            case ReadyContent.Composed composed:
                Write(ready, composed, message, signature);
                return;
            case ReadyContent.Raw raw:
                message.Write(raw.Bytes.Span);
                var headerBytes = raw.Bytes.Span.IndexOf("\r\n\r\n"u8) + 2;
                Sign(ready, raw.Bytes.Span[..headerBytes], raw.Bytes.Span[(headerBytes + 2)..], signature);
                return;
        }
    }

    private void Write(Ready ready, ReadyContent.Composed composed, ArrayBufferWriter<byte> message, ArrayBufferWriter<byte> signature)
    {
        var (recipient, content) = (ready.Recipient, composed.Message);
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

        var layout = composed.Writer.Write(
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

        var written = message.WrittenSpan;
        Sign(ready, written[..layout.HeaderBytes], written[layout.BodyStart..], signature);
    }

    private static void Sign(Ready ready, ReadOnlySpan<byte> header, ReadOnlySpan<byte> body, ArrayBufferWriter<byte> signature)
    {
        if (ready.Signers is null) return;
        var signer = ready.Signers.Take();
        try
        {
            signer.Sign(header, body, ready.Recipient.QueuedAt, signature);
        }
        finally
        {
            ready.Signers.Return(signer);
        }
    }

    private static MailboxAddress Mailbox(EmailAddress address, string? name) =>
        MailboxAddress.Create(address.ToString(), HeaderText.TryCreate(name ?? "", out var text) ? text : default);
}
