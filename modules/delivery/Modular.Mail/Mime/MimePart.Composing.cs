using System.Text;

namespace Modular.Mail.Mime;

public sealed partial class MimePart
{
    /// <summary>A text part in UTF-8 (RFC 2046 §4.1), in quoted-printable or base64, whichever is shorter; its line ends become CRLF.</summary>
    /// <param name="subtype">Such as plain or html.</param>
    /// <exception cref="ArgumentException">The subtype is no token (RFC 2045 §5.1).</exception>
    public static MimePart Text(string text, string subtype = "plain")
    {
        var content = Encoding.UTF8.GetBytes(text);
        return Leaf(ContentType.Create("text/" + subtype, ("charset", HeaderText.Create("utf-8"))), content, BodyEncodings.ForText(content), []);
    }

    /// <summary>A file in base64, its name in UTF-8 where it is not ASCII (RFC 2183 §2.3, RFC 2231 §4).</summary>
    public static MimePart File(Attachment file)
    {
        var fields = new List<HeaderLine>
        {
            HeaderLine.Parameters("Content-Disposition", file.IsInline ? "inline" : "attachment", file.FileName.IsEmpty ? [] : [("filename", file.FileName)]),
        };
        if (file.ContentId is { } id)
            fields.Add(HeaderLine.Structured("Content-ID", HeaderText.Create(id.ToString())));
        return Leaf(file.ContentType, file.Content, BodyEncoding.Base64, fields);
    }

    /// <summary>A multipart of that subtype, such as mixed, alternative or related (RFC 2046 §5.1). The same parts give the same boundary, which none of them holds.</summary>
    /// <exception cref="ArgumentException">There is no part, or the subtype is no token.</exception>
    public static MimePart Multipart(string subtype, params IReadOnlyList<MimePart> parts)
    {
        if (parts.Count is 0)
            throw new ArgumentException("A multipart has at least one part.", nameof(parts));
        var boundary = Boundary.Of(parts);
        var type = ContentType.Create("multipart/" + subtype, ("boundary", HeaderText.Create(Encoding.ASCII.GetString(boundary))));
        return new MimePart(HeaderList.Of([type.ToHeaderLine()]), type) { Parts = parts, Body = new MultipartBody(parts, boundary) };
    }

    /// <summary>An attached message, octet for octet (RFC 2046 §5.2.1).</summary>
    public static MimePart Attached(MimeMessage message) =>
        new(HeaderList.Of([ContentType.Message.ToHeaderLine()]), ContentType.Message) { Message = message, Body = new MessageBody(message) };

    private static MimePart Leaf(ContentType type, ReadOnlyMemory<byte> content, BodyEncoding encoding, IReadOnlyList<HeaderLine> fields) =>
        new(HeaderList.Of([type.ToHeaderLine(), HeaderLine.Structured("Content-Transfer-Encoding", HeaderText.Create(encoding.Name)), .. fields]), type) { Body = new EncodedBody(content, encoding) };
}
