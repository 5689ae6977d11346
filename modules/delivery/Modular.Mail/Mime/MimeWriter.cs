using System.Buffers;
using Modular.Mail.Text;

namespace Modular.Mail.Mime;

/// <summary>
/// Composes the messages of one mailing as octets: what they share is encoded once, here; <see cref="Write"/> adds what differs.
/// The same content gives the same octets. Every line ends in CRLF and has at most 998 octets; all is 7-bit unless an address
/// needs SMTPUTF8. Thread-safe.
/// </summary>
public sealed class MimeWriter
{
    private readonly byte[] first;
    private readonly byte[] shared;

    /// <exception cref="ArgumentException">A header line repeats a field that the writer writes itself, or is named twice.</exception>
    public MimeWriter(MimeTemplate template)
    {
        OwnFields.Refuse(template.Headers);
        first = HeaderLine.Mailboxes("From", template.From).Octets.ToArray();
        var fields = new ArrayBufferWriter<byte>();
        if (template.ReplyTo is { } replyTo)
            fields.Write(HeaderLine.Mailboxes("Reply-To", replyTo).Octets);
        foreach (var header in template.Headers)
            fields.Write(header.Octets);
        fields.Write("MIME-Version: 1.0\r\n"u8);
        shared = fields.WrittenSpan.ToArray();
    }

    /// <summary>Appends one message: header fields, empty line, body.</summary>
    /// <exception cref="ArgumentException">A header line repeats a field that the writer writes itself.</exception>
    public MimeLayout Write(in MimeContent content, IBufferWriter<byte> output)
    {
        foreach (var header in content.Headers)
            OwnFields.Refuse(header);

        var cursor = new ByteCursor(output);
        WriteFields(content, ref cursor);
        Span<byte> boundary = stackalloc byte[Boundary.Octets];
        var isMultipart = !content.Text.IsEmpty && !content.Html.IsEmpty;
        if (isMultipart)
        {
            Boundary.Derive(content.MessageId, boundary);
            cursor.Write("Content-Type: multipart/alternative;\r\n boundary=\""u8);
            cursor.Write(boundary);
            cursor.Write("\"\r\n"u8);
            var headerBytes = (int)cursor.Written;
            cursor.Write("\r\n"u8);
            WriteAlternatives(content, boundary, ref cursor);
            return Finish(ref cursor, headerBytes);
        }

        var isHtml = content.Text.IsEmpty && !content.Html.IsEmpty;
        var body = isHtml ? content.Html : content.Text;
        var inBase64 = BodyEncodings.ForText(body) is BodyEncoding.Base64Text;
        WritePartFields(isHtml, inBase64, ref cursor);
        var fieldsEnd = (int)cursor.Written;
        cursor.Write("\r\n"u8);
        WriteBody(body, inBase64, ref cursor);
        if (!inBase64 && !(body is [.., (byte)'\n']))
            cursor.Write("\r\n"u8);
        return Finish(ref cursor, fieldsEnd);
    }

    private static MimeLayout Finish(ref ByteCursor cursor, int headerBytes)
    {
        cursor.Flush();
        return new MimeLayout(headerBytes, (int)cursor.Written - headerBytes - 2);
    }

    private void WriteFields(in MimeContent content, ref ByteCursor cursor)
    {
        cursor.WriteLines(first);
        HeaderFolding.Begin(ref cursor, "To"u8);
        HeaderFolding.Mailbox(ref cursor, content.To, isFirst: true);
        cursor.EndLine();
        HeaderFolding.Begin(ref cursor, "Subject"u8);
        HeaderFolding.Text(ref cursor, content.Subject);
        cursor.EndLine();
        HeaderFolding.Begin(ref cursor, "Date"u8);
        MailDate.Write(ref cursor, content.Date);
        cursor.Write("\r\nMessage-ID: <"u8);
        cursor.WriteAscii(content.MessageId.Value);
        cursor.WriteLines(">\r\n"u8);
        foreach (var header in content.Headers)
            cursor.WriteLines(header.Octets);
        cursor.WriteLines(shared);
    }

    private static void WriteAlternatives(in MimeContent content, scoped ReadOnlySpan<byte> boundary, ref ByteCursor cursor)
    {
        WritePart(content.Text, isHtml: false, boundary, ref cursor);
        WritePart(content.Html, isHtml: true, boundary, ref cursor);
        cursor.Write("--"u8);
        cursor.Write(boundary);
        cursor.Write("--\r\n"u8);
    }

    private static void WritePart(scoped ReadOnlySpan<byte> body, bool isHtml, scoped ReadOnlySpan<byte> boundary, ref ByteCursor cursor)
    {
        var inBase64 = BodyEncodings.ForText(body) is BodyEncoding.Base64Text;
        cursor.Write("--"u8);
        cursor.Write(boundary);
        cursor.Write("\r\n"u8);
        WritePartFields(isHtml, inBase64, ref cursor);
        cursor.Write("\r\n"u8);
        WriteBody(body, inBase64, ref cursor);
        cursor.Write("\r\n"u8);
    }

    private static void WritePartFields(bool isHtml, bool inBase64, ref ByteCursor cursor)
    {
        cursor.Write(isHtml ? "Content-Type: text/html; charset=utf-8\r\n"u8 : "Content-Type: text/plain; charset=utf-8\r\n"u8);
        cursor.Write(inBase64 ? "Content-Transfer-Encoding: base64\r\n"u8 : "Content-Transfer-Encoding: quoted-printable\r\n"u8);
    }

    private static void WriteBody(scoped ReadOnlySpan<byte> body, bool inBase64, ref ByteCursor cursor)
    {
        if (inBase64)
            Base64Lines.EncodeText(body, ref cursor);
        else
            QuotedPrintable.Encode(body, ref cursor);
    }
}
