using System.Buffers;
using System.Globalization;
using System.Text;

namespace Modular.Mail.Smtp;

/// <summary>One reply of an SMTP server, as read by our client or as given by our server (RFC 5321 §4.2).</summary>
/// <param name="Code">200 to 599.</param>
/// <param name="Status">Default when the reply carries none (RFC 2034); our server then sends x.0.0.</param>
/// <param name="Text">The words, lines separated by LF, without code and enhanced status.</param>
public sealed record SmtpReply(int Code, EnhancedStatus Status, string Text)
{
    private const int MaxLineBytes = 512;   // RFC 5321 §4.5.3.1.5

    public SmtpReply(int code, string status, string text) : this(code, EnhancedStatus.Parse(status), text)
    {
    }

    public bool IsPositive => Code is >= 200 and < 300;

    public bool IsIntermediate => Code is >= 300 and < 400;

    public bool IsTransient => Code is >= 400 and < 500;

    public bool IsPermanent => Code is >= 500;

    /// <summary>The server closes the connection after this reply, whatever it answered (RFC 5321 §3.8).</summary>
    public bool ClosesConnection => Code is 421;

    /// <summary>As the server said it, on one line per line.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Text.Length + 16).Append(CultureInfo.InvariantCulture, $"{Code} ");
        if (Status != default)
            text.Append(CultureInfo.InvariantCulture, $"{Status} ");
        return text.Append(Text).ToString();
    }

    /// <summary>Writes the reply for the wire. Controls and non-ASCII characters become question marks, long lines are cut.</summary>
    internal void WriteTo(IBufferWriter<byte> output)
    {
        var status = Status == default && !IsIntermediate ? new EnhancedStatus(Code / 100, 0, 0) : Status;
        var text = Text.AsSpan();
        int end;
        do
        {
            end = text.IndexOf('\n');
            WriteLine(output, status, end < 0 ? text : text[..end], isLast: end < 0);
            text = text[(end + 1)..];
        }
        while (end >= 0);
    }

    private void WriteLine(IBufferWriter<byte> output, EnhancedStatus status, ReadOnlySpan<char> text, bool isLast)
    {
        var line = output.GetSpan(MaxLineBytes)[..MaxLineBytes];
        Code.TryFormat(line, out var length, provider: CultureInfo.InvariantCulture);
        line[length++] = isLast ? (byte)' ' : (byte)'-';
        if (status != default)
        {
            WriteNumber(line, ref length, status.Class, '.');
            WriteNumber(line, ref length, status.Subject, '.');
            WriteNumber(line, ref length, status.Detail, ' ');
        }

        foreach (var character in text[..Math.Min(text.Length, MaxLineBytes - 2 - length)])
            line[length++] = character is >= ' ' and <= '~' ? (byte)character : (byte)'?';
        "\r\n"u8.CopyTo(line[length..]);
        output.Advance(length + 2);
    }

    private static void WriteNumber(Span<byte> line, ref int length, int number, char behind)
    {
        number.TryFormat(line[length..], out var digits, provider: CultureInfo.InvariantCulture);
        length += digits;
        line[length++] = (byte)behind;
    }
}
