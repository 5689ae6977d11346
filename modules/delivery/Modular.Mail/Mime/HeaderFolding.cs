using System.Buffers;
using System.Text;
using Modular.Mail.Text;

namespace Modular.Mail.Mime;

/// <summary>Writes the bodies of header fields: lines of 78 octets where a blank allows it, of 998 always (RFC 5322 §2.1.1).</summary>
internal static class HeaderFolding
{
    /// <summary>The longest word that is still written plain; with a name of 76 and a few delimiters a line stays below 998.</summary>
    public const int MostWordChars = 900;

    private const int LineOctets = 78;
    private const int MostBlanks = 40;

    private static readonly SearchValues<char> Blanks = SearchValues.Create(" \t");
    private static readonly SearchValues<char> Atoms = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~ ");

    public static void Begin(ref ByteCursor cursor, scoped ReadOnlySpan<byte> name)
    {
        cursor.Write(name);
        cursor.Write(": "u8);
    }

    /// <summary>Unstructured text; the stretch of words that need it becomes encoded words (RFC 2047 §5(1)).</summary>
    public static void Text(ref ByteCursor cursor, HeaderText value)
    {
        ReadOnlySpan<char> text = value.ToString();
        var (start, end) = StretchToEncode(text);
        if (start == end)
        {
            Words(ref cursor, text, isFirst: true);
            return;
        }

        Words(ref cursor, text[..start].TrimEnd(" \t"), isFirst: true);
        if (start > 0)
            EncodedWords.Write(ref cursor, text[(text[..start].LastIndexOfAnyExcept(Blanks) + 1)..start], text[start..end]);
        else
            EncodedWords.Write(ref cursor, default, text[..end]);
        Words(ref cursor, text[end..], isFirst: false);
    }

    /// <summary>ASCII words as they are, one blank or more between them; the first stays on the line of the name.</summary>
    public static void Words(ref ByteCursor cursor, scoped ReadOnlySpan<char> text, bool isFirst)
    {
        while (!text.IsEmpty)
        {
            var blanks = text.IndexOfAnyExcept(Blanks);
            if (blanks < 0)
                return;
            var length = text[blanks..].IndexOfAny(Blanks);
            length = length < 0 ? text.Length : blanks + length;
            if (!isFirst && cursor.Column + length > LineOctets)
                cursor.EndLine();
            cursor.WriteAscii(text[..length]);
            text = text[length..];
            isFirst = false;
        }
    }

    /// <summary>One mailbox (RFC 5322 §3.4); the name as atoms, as a quoted string, or as encoded words (RFC 2047 §5(3)).</summary>
    /// <param name="isFirst">False writes a blank, or a fold, in front of it.</param>
    public static void Mailbox(ref ByteCursor cursor, MailboxAddress mailbox, bool isFirst)
    {
        var name = mailbox.Name.ToString();
        if (name.Length > 0)
        {
            if (NeedsEncoding(name))
                EncodedWords.Write(ref cursor, isFirst ? "" : " ", name);
            else if (name.AsSpan().ContainsAnyExcept(Atoms))
                Words(ref cursor, string.Concat(isFirst ? "\"" : " \"", name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal), "\""), isFirst);
            else
                Words(ref cursor, isFirst ? name : " " + name, isFirst);
            isFirst = false;
        }

        AddressOf(ref cursor, mailbox, isFirst, inBrackets: name.Length > 0);
    }

    private static void AddressOf(ref ByteCursor cursor, MailboxAddress mailbox, bool isFirst, bool inBrackets)
    {
        ReadOnlySpan<char> address = mailbox.Address;
        if (!isFirst)
        {
            if (cursor.Column + 1 + address.Length + 2 > LineOctets)
                cursor.EndLine();
            cursor.Write((byte)' ');
        }

        if (inBrackets)
            cursor.Write((byte)'<');
        if (MailboxAddress.NeedsQuotes(mailbox.LocalPart))
        {
            cursor.Write((byte)'"');
            cursor.WriteUtf8(mailbox.LocalPart);
            cursor.Write("\"@"u8);
            address = mailbox.Domain;
        }

        cursor.WriteUtf8(address);
        if (inBrackets)
            cursor.Write((byte)'>');
    }

    public static void Mailboxes(ref ByteCursor cursor, scoped ReadOnlySpan<MailboxAddress> mailboxes)
    {
        for (var i = 0; i < mailboxes.Length; i++)
        {
            if (i > 0)
                cursor.Write((byte)',');
            Mailbox(ref cursor, mailboxes[i], isFirst: i == 0);
        }
    }

    /// <summary>From the first to behind the last word that cannot stand as it is; equal ends mean none.</summary>
    private static (int Start, int End) StretchToEncode(ReadOnlySpan<char> text)
    {
        if (!NeedsEncoding(text))
            return (0, 0);
        var (start, end) = (-1, 0);
        for (var at = 0; at < text.Length;)
        {
            var blanks = Math.Max(text[at..].IndexOfAnyExcept(Blanks), 0);
            if (blanks > MostBlanks)
                return (0, text.Length);
            at += blanks;
            var length = text[at..].IndexOfAny(Blanks);
            length = length < 0 ? text.Length - at : length;
            if (WordNeedsEncoding(text.Slice(at, length)))
            {
                start = start < 0 ? at : start;
                end = at + length;
            }

            at += length;
        }

        return start < 0 ? (0, text.Length) : (start, end);
    }

    private static bool NeedsEncoding(ReadOnlySpan<char> text)
    {
        if (!Ascii.IsValid(text) || text.Contains("=?", StringComparison.Ordinal))
            return true;
        if (text.Length <= MostBlanks)
            return false;
        var blanks = 0;
        var word = 0;
        foreach (var c in text)
        {
            (blanks, word) = c is ' ' or '\t' ? (blanks + 1, 0) : (0, word + 1);
            if (blanks > MostBlanks || word > MostWordChars)
                return true;
        }

        return false;
    }

    private static bool WordNeedsEncoding(ReadOnlySpan<char> word) =>
        word.Length > MostWordChars || !Ascii.IsValid(word) || word.Contains("=?", StringComparison.Ordinal);
}
