using System.Buffers;
using System.Text;
using Modular.Mail.Text;

namespace Modular.Mail.Mime;

/// <summary>One header field ready to be sent: encoded, folded, ended by CRLF. It can be made only from values that cannot break it.</summary>
public sealed class HeaderLine
{
    /// <summary>Room for any registered name; keeps the first line of a field far below 998 octets.</summary>
    public const int MostNameChars = 76;

    private readonly byte[] line;

    private HeaderLine(string name, byte[] line)
    {
        Name = name;
        this.line = line;
    }

    public string Name { get; }

    /// <summary>Name, colon, value and final CRLF.</summary>
    public ReadOnlySpan<byte> Octets => line;

    /// <summary>Free text such as Subject or Comments; what is not ASCII becomes encoded words (RFC 2047 §5(1)).</summary>
    /// <exception cref="ArgumentException">The name is no field name (RFC 5322 §3.6.8).</exception>
    public static HeaderLine Text(string name, HeaderText value) => Build(name, (ref ByteCursor cursor) => HeaderFolding.Text(ref cursor, value));

    /// <summary>A value with a grammar of its own, such as List-Unsubscribe or Feedback-ID: ASCII, folded only at its blanks.</summary>
    /// <exception cref="ArgumentException">The value is not ASCII, is empty, or holds a word of more than 900 characters; or the name is none.</exception>
    public static HeaderLine Structured(string name, HeaderText value)
    {
        var text = value.ToString();
        if (text.Length is 0 || !Ascii.IsValid(text))
            throw new ArgumentException($"{name} has a grammar of its own: its value is ASCII and not empty.", nameof(value));
        if (text.Split(' ', '\t').Any(word => word.Length > HeaderFolding.MostWordChars))
            throw new ArgumentException($"{name} holds a word of more than {HeaderFolding.MostWordChars} characters, which no line can carry.", nameof(value));
        return Build(name, (ref ByteCursor cursor) => HeaderFolding.Words(ref cursor, text, isFirst: true));
    }

    /// <summary>An address list such as To or Cc (RFC 5322 §3.6.3).</summary>
    /// <exception cref="ArgumentException">The list is empty, or the name is none.</exception>
    public static HeaderLine Mailboxes(string name, params ReadOnlySpan<MailboxAddress> mailboxes)
    {
        if (mailboxes.IsEmpty)
            throw new ArgumentException("An address list names at least one mailbox.", nameof(mailboxes));
        var list = mailboxes.ToArray();
        return Build(name, (ref ByteCursor cursor) => HeaderFolding.Mailboxes(ref cursor, list));
    }

    /// <summary>A token and its parameters, such as Content-Disposition; values that are not short ASCII go in UTF-8 and in pieces (RFC 2231 §3, RFC 2231 §4).</summary>
    /// <exception cref="ArgumentException">The value is no media type and no token, a parameter's name is no token, or the name of the field is none.</exception>
    public static HeaderLine Parameters(string name, string value, params IReadOnlyList<(string Name, HeaderText Value)> parameters)
    {
        if (!value.Split('/').All(ParameterWriter.IsToken))
            throw new ArgumentException($"{name} begins with a token, such as attachment.", nameof(value));
        if (parameters.FirstOrDefault(p => !ParameterWriter.IsToken(p.Name)) is { Name: { } wrong })
            throw new ArgumentException($"{wrong} is no name for a parameter.", nameof(parameters));
        return Build(name, (ref ByteCursor cursor) =>
        {
            cursor.WriteAscii(value);
            foreach (var parameter in parameters)
                ParameterWriter.Write(ref cursor, parameter.Name, parameter.Value);
        });
    }

    /// <summary>A date-time such as Resent-Date (RFC 5322 §3.3).</summary>
    public static HeaderLine Date(string name, DateTimeOffset value) => Build(name, (ref ByteCursor cursor) => MailDate.Write(ref cursor, value));

    public override string ToString() => Encoding.UTF8.GetString(line);

    private delegate void Body(ref ByteCursor cursor);

    private static HeaderLine Build(string name, Body body)
    {
        if (name is null or { Length: 0 or > MostNameChars } || name.AsSpan().ContainsAnyExceptInRange('!', '~') || name.Contains(':', StringComparison.Ordinal))
            throw new ArgumentException($"A field name has 1 to {MostNameChars} printable ASCII characters and no colon.", nameof(name));
        var buffer = new ArrayBufferWriter<byte>(256);
        var cursor = new ByteCursor(buffer);
        cursor.WriteAscii(name);
        HeaderFolding.Begin(ref cursor, default);
        body(ref cursor);
        cursor.EndLine();
        cursor.Flush();
        return new HeaderLine(name, buffer.WrittenSpan.ToArray());
    }
}
