using System.Text;
using Modular.Mail.Text;

namespace Modular.Mail.Mime;

/// <summary>One header field as it was received. A view of the message's octets; it decodes when asked.</summary>
public readonly struct HeaderField
{
    private readonly int nameLength;

    /// <param name="line">The field with its final line end, where it has one.</param>
    internal HeaderField(ReadOnlyMemory<byte> line, int nameLength)
    {
        Line = line;
        this.nameLength = nameLength;
    }

    /// <summary>As <see cref="Raw"/>, with the final line end that it came with.</summary>
    internal ReadOnlyMemory<byte> Line { get; }

    /// <summary>Name, colon and value, folds included, without the final line end.</summary>
    public ReadOnlyMemory<byte> Raw => Line[..Line.Span.TrimEnd("\r\n"u8).Length];

    /// <summary>As it was written; names compare without regard to case.</summary>
    public string Name => Encoding.Latin1.GetString(NameOctets);

    /// <summary>The value unfolded, without the blanks around it, nothing decoded but its octets: UTF-8, or windows-1252 where that fails.</summary>
    public string Value => Unfold(Charsets.Guess(Line.Span[(Line.Span.IndexOf((byte)':') + 1)..]));

    /// <summary>The value with its encoded words decoded (RFC 2047 §6).</summary>
    public string Text => EncodedWordReader.Decode(Value);

    internal ReadOnlySpan<byte> NameOctets => Line.Span[..nameLength];

    public bool Is(ReadOnlySpan<char> name) => Ascii.EqualsIgnoreCase(NameOctets, name);

    public override string ToString() => $"{Name}: {Value}";

    /// <summary>Removes line ends (RFC 5322 §2.2.3); a tab that began a line becomes a blank. A blank stands in for a line end without one behind it, which only mixed line ends leave.</summary>
    private static string Unfold(string value)
    {
        value = value.Trim(' ', '\t', '\r', '\n');
        if (!value.AsSpan().ContainsAny('\r', '\n'))
            return value;
        var text = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] is not ('\r' or '\n'))
                text.Append(value[i] is '\t' && value[i - 1] is ('\r' or '\n') ? ' ' : value[i]);
            else if (i + 1 < value.Length && value[i + 1] is not (' ' or '\t' or '\r' or '\n'))
                text.Append(' ');
        }

        return text.ToString();
    }
}
