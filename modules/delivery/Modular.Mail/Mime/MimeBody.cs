using System.Buffers;
using Modular.Mail.Text;

namespace Modular.Mail.Mime;

/// <summary>What stands below a part's header fields: octets that were received, or what is still to be encoded.</summary>
internal abstract class MimeBody
{
    /// <summary>Encoded, as the part's Content-Transfer-Encoding says.</summary>
    public abstract ReadOnlySequence<byte> Raw { get; }

    /// <summary>As <see cref="Raw"/>, in one piece.</summary>
    public virtual ReadOnlyMemory<byte> RawMemory => Raw.IsSingleSegment ? Raw.First : Raw.ToArray();

    public abstract void Write(IBufferWriter<byte> output);
}

/// <summary>A view of a message's octets: a part from its first field to before the line end of the next delimiter, and the body in it.</summary>
internal sealed class ReceivedBody(OctetBlocks octets, int partStart, int bodyStart, int end) : MimeBody
{
    public static ReceivedBody Nothing { get; } = new(new OctetBlocks(ReadOnlySequence<byte>.Empty), 0, 0, 0);

    public override ReadOnlySequence<byte> Raw => octets.Sequence(bodyStart, end);

    public override ReadOnlyMemory<byte> RawMemory => octets.Slice(bodyStart, end);

    /// <summary>Header fields, empty line and body, as received.</summary>
    public ReadOnlySequence<byte> Part => octets.Sequence(partStart, end);

    public override void Write(IBufferWriter<byte> output)
    {
        foreach (var block in Raw)
            output.Write(block.Span);
    }
}

/// <summary>Content that we write: encoded when it is written, so that a large attachment lies in memory once.</summary>
/// <param name="content">Not to be changed as long as the part is used.</param>
internal sealed class EncodedBody(ReadOnlyMemory<byte> content, BodyEncoding encoding) : MimeBody
{
    public override ReadOnlySequence<byte> Raw
    {
        get
        {
            var output = new ArrayBufferWriter<byte>(content.Length + content.Length / 2 + 16);
            Write(output);
            return new ReadOnlySequence<byte>(output.WrittenMemory);
        }
    }

    public override void Write(IBufferWriter<byte> output)
    {
        var cursor = new ByteCursor(output);
        switch (encoding)
        {
            case BodyEncoding.QuotedPrintable:
                QuotedPrintable.Encode(content.Span, ref cursor);
                break;
            case BodyEncoding.Base64Text:
                Base64Lines.EncodeText(content.Span, ref cursor);
                break;
            default:
                Base64Lines.Encode(content.Span, ref cursor);
                break;
        }

        cursor.Flush();
    }
}

/// <summary>The parts of a multipart between delimiters of ours (RFC 2046 §5.1.1); parts that were received go as they came.</summary>
internal sealed class MultipartBody(IReadOnlyList<MimePart> parts, byte[] boundary) : MimeBody
{
    public override ReadOnlySequence<byte> Raw
    {
        get
        {
            var output = new ArrayBufferWriter<byte>();
            Write(output);
            return new ReadOnlySequence<byte>(output.WrittenMemory);
        }
    }

    public override void Write(IBufferWriter<byte> output)
    {
        foreach (var part in parts)
        {
            output.Write("--"u8);
            output.Write(boundary);
            output.Write("\r\n"u8);
            part.WriteTo(output);
            output.Write("\r\n"u8);
        }

        output.Write("--"u8);
        output.Write(boundary);
        output.Write("--\r\n"u8);
    }
}

/// <summary>An attached message, as it is (RFC 2046 §5.2.1 forbids to encode it).</summary>
internal sealed class MessageBody(MimeMessage message) : MimeBody
{
    public override ReadOnlySequence<byte> Raw
    {
        get
        {
            var output = new ArrayBufferWriter<byte>();
            Write(output);
            return new ReadOnlySequence<byte>(output.WrittenMemory);
        }
    }

    public override void Write(IBufferWriter<byte> output) => message.WriteTo(output);
}
