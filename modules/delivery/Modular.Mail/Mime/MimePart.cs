using System.Text;
using Modular.Mail.Text;

namespace Modular.Mail.Mime;

/// <summary>
/// One part of a message: a leaf with a body, a multipart with <see cref="Parts"/>, or an attached <see cref="Message"/>.
/// A view of the message's octets; bodies are decoded when asked, each time.
/// </summary>
public sealed class MimePart
{
    internal MimePart(HeaderList headers, ContentType type)
    {
        Headers = headers;
        ContentType = type;
    }

    public HeaderList Headers { get; }

    public ContentType ContentType { get; }

    /// <summary>In order; empty unless it is a multipart.</summary>
    public IReadOnlyList<MimePart> Parts { get; internal set; } = [];

    /// <summary>The attached message; null unless this is a message/rfc822 or message/global that was sent unencoded.</summary>
    public MimeMessage? Message { get; internal set; }

    /// <summary>The body as received, still encoded, without the line end that belongs to the boundary behind it (RFC 2046 §5.1.1).</summary>
    public ReadOnlyMemory<byte> RawBody { get; internal set; }

    public bool IsMultipart => ContentType.Type is "multipart";

    public bool IsText => ContentType.Type is "text";

    /// <summary>In lower case; empty when not given.</summary>
    public string TransferEncoding => (Headers.Find("Content-Transfer-Encoding")?.Value ?? "").Split(' ', ';', '(')[0].ToLowerInvariant();

    /// <summary>Such as attachment or inline, in lower case; null when not given (RFC 2183 §2).</summary>
    public string? Disposition => Headers.Find("Content-Disposition") is { } found && ParameterList.Parse(found.Value).Value.ToLowerInvariant() is { Length: > 0 } value ? value : null;

    /// <summary>From Content-Disposition, else the name of the Content-Type; null when neither has one. Never a path to be trusted.</summary>
    public string? FileName =>
        (Headers.Find("Content-Disposition") is { } found ? ParameterList.Parse(found.Value).Parameters.GetValueOrDefault("filename") : null) ?? ContentType["name"];

    /// <summary>Without its angle brackets; null when not given.</summary>
    public string? ContentId => Headers.Find("Content-ID")?.Value.Trim('<', '>', ' ', '\t');

    /// <summary>The body with its transfer encoding undone.</summary>
    public ReadOnlyMemory<byte> DecodeBody() => TransferEncoding switch
    {
        "base64" => TransferDecoding.Base64(RawBody.Span),
        "quoted-printable" => TransferDecoding.QuotedPrintable(RawBody.Span),
        _ => RawBody,
    };

    /// <summary>The body as text: transfer encoding undone, then its character set. Line ends stay as they were.</summary>
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

    public override string ToString() => Encoding.Latin1.GetString(Headers.Raw.Span);
}
