using System.Buffers;
using System.Text;
using Modular.Mail.Text;

namespace Modular.Mail.Mime;

/// <summary>
/// One part of a message: a leaf with a body, a multipart with <see cref="Parts"/>, or an attached <see cref="Message"/>.
/// A part that was received is a view of the message's octets; bodies are decoded when asked, each time, and never before.
/// </summary>
public sealed partial class MimePart
{
    private bool isChanged;

    internal MimePart(HeaderList headers, ContentType type)
    {
        Headers = headers;
        ContentType = type;
    }

    /// <summary>The part's own fields.</summary>
    public HeaderList Headers { get; }

    /// <summary>From the last Content-Type; what the surrounding part says where there is none (RFC 2045 §5.2, RFC 2046 §5.1.5).</summary>
    public ContentType ContentType { get; }

    /// <summary>In order; empty unless it is a multipart.</summary>
    public IReadOnlyList<MimePart> Parts { get; internal set; } = [];

    /// <summary>The attached message; null unless this is a message/rfc822 or message/global that was sent unencoded.</summary>
    public MimeMessage? Message { get; internal set; }

    /// <summary>The body as received, still encoded, without the line end that belongs to the boundary behind it (RFC 2046 §5.1.1). A copy only where it lies in several segments.</summary>
    public ReadOnlyMemory<byte> RawBody => Body.RawMemory;

    /// <summary>As <see cref="RawBody"/>, where it lies.</summary>
    public ReadOnlySequence<byte> RawContent => Body.Raw;

    public bool IsMultipart => ContentType.Type is "multipart";

    public bool IsText => ContentType.Type is "text";

    /// <summary>In lower case; empty when not given (RFC 2045 §6.1).</summary>
    public string TransferEncoding => (Headers.Find("Content-Transfer-Encoding")?.Value ?? "").Split(' ', ';', '(')[0].ToLowerInvariant();

    /// <summary>Such as attachment or inline, in lower case; null when not given (RFC 2183 §2).</summary>
    public string? Disposition => Headers.Find("Content-Disposition") is { } found && ParameterList.Parse(found.Value).Value.ToLowerInvariant() is { Length: > 0 } value ? value : null;

    /// <summary>From Content-Disposition, else the name of the Content-Type; null when neither has one. Never a path to be trusted (RFC 2183 §5).</summary>
    public string? FileName =>
        (Headers.Find("Content-Disposition") is { } found ? ParameterList.Parse(found.Value).Parameters.GetValueOrDefault("filename") : null) ?? ContentType["name"];

    /// <summary>Without its angle brackets; null when not given (RFC 2045 §7).</summary>
    public string? ContentId => Headers.Find("Content-ID")?.Value.Trim('<', '>', ' ', '\t');

    internal MimeBody Body { get; set; } = ReceivedBody.Nothing;

    /// <summary>
    /// The body with its transfer encoding undone: base64, quoted-printable or uuencode; the body itself with any other. Never more
    /// octets than the body has.
    /// </summary>
    public ReadOnlyMemory<byte> DecodeBody() => TransferEncoding switch
    {
        "base64" => TransferDecoding.Base64(RawBody.Span),
        "quoted-printable" => TransferDecoding.QuotedPrintable(RawBody.Span),
        "x-uuencode" or "uuencode" or "x-uue" or "uue" => UuDecoding.Decode(RawBody),
        _ => RawBody,
    };

    /// <summary>The body as text: transfer encoding undone, then its character set. Line ends stay as they were. Never fails; what is no character becomes U+FFFD.</summary>
    public string DecodeText() => Charsets.Decode(DecodeBody().Span, ContentType.Charset);

    /// <summary>This part if it is a leaf, else all leaves below it, in order; attached messages are entered.</summary>
    public IEnumerable<MimePart> Leaves()
    {
        if (Message is { } message)
            return message.Body.Leaves();
        return Parts.Count > 0 ? Parts.SelectMany(part => part.Leaves()) : [this];
    }

    /// <summary>This part and all below it, in order; attached messages are not entered.</summary>
    public IEnumerable<MimePart> Descend() => Parts.SelectMany(part => part.Descend()).Prepend(this);

    /// <summary>
    /// Appends the part: its header fields, an empty line, its body. What was received and not changed goes octet for octet as it came;
    /// what we made has lines of at most 998 octets that end in CRLF.
    /// </summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        if (!isChanged && Body is ReceivedBody received)
        {
            foreach (var block in received.Part)
                output.Write(block.Span);
            return;
        }

        output.Write(Headers.Raw.Span);
        output.Write("\r\n"u8);
        Body.Write(output);
    }

    /// <summary>The same body below other fields.</summary>
    public MimePart With(HeaderList headers) => new(headers, headers.FindLast("Content-Type") is { } field ? ContentType.Parse(field.Value) : ContentType)
    {
        Parts = Parts,
        Message = Message,
        Body = Body,
        isChanged = true,
    };

    public override string ToString() => Encoding.Latin1.GetString(Headers.Raw.Span);
}
