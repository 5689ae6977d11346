using System.Buffers;
using System.Text;
using Modular.Mail.Text;

namespace Modular.Mail.Mime;

/// <summary>
/// Decodes encoded words wherever they stand (RFC 2047 §6.2). Words of one character set that only blanks separate are joined
/// before they are read, because some senders cut characters in two. Takes time linear in the text.
/// </summary>
internal static class EncodedWordReader
{
    private const int MostCharsetChars = 60;

    public static string Decode(string text)
    {
        if (!text.Contains("=?", StringComparison.Ordinal))
            return text;
        var decoded = new StringBuilder(text.Length);
        var pending = new ArrayBufferWriter<byte>();
        string? charset = null;
        var at = 0;
        var plain = 0; // from here on nothing has been copied yet
        while (at < text.Length && text.IndexOf("=?", at, StringComparison.Ordinal) is >= 0 and var start)
        {
            var result = TryReadWord(text, start, out var word);
            if (result is Reading.NoEndAhead)
                break;
            if (result is Reading.NotAWord)
            {
                at = start + 2;
                continue;
            }

            var between = text.AsSpan(plain, start - plain);
            var isAdjacent = charset is not null && between.IndexOfAnyExcept(" \t") < 0;
            if (!isAdjacent || !word.Charset.Equals(charset, StringComparison.OrdinalIgnoreCase))
                Flush(decoded, pending, charset);
            if (!isAdjacent)
                decoded.Append(between);
            charset = word.Charset;
            if (word.IsBase64)
                pending.Write(TransferDecoding.Base64(Encoding.Latin1.GetBytes(word.Text)));
            else
                WriteQ(word.Text, pending);
            at = plain = word.End;
        }

        Flush(decoded, pending, charset);
        return decoded.Append(text, plain, text.Length - plain).ToString();
    }

    private enum Reading
    {
        Word,
        NotAWord,
        NoEndAhead,
    }

    private readonly record struct Word(string Charset, bool IsBase64, string Text, int End);

    private static Reading TryReadWord(string text, int start, out Word word)
    {
        word = default;
        var rest = text.AsSpan(start + 2);
        var mark = rest[..Math.Min(rest.Length, MostCharsetChars)].IndexOf('?');
        if (mark < 1 || rest[..mark].ContainsAny(" \t") || mark + 2 >= rest.Length || rest[mark + 2] is not '?' || rest[mark + 1] is not ('q' or 'Q' or 'b' or 'B'))
            return Reading.NotAWord;
        var end = rest[(mark + 3)..].IndexOf("?=", StringComparison.Ordinal);
        if (end < 0)
            return Reading.NoEndAhead;
        // A language may follow the character set (RFC 2231 §5).
        var charset = rest[..mark];
        if (charset.IndexOf('*') is >= 0 and var star)
            charset = charset[..star];
        word = new Word(charset.ToString(), rest[mark + 1] is 'b' or 'B', rest.Slice(mark + 3, end).ToString(), start + 2 + mark + 3 + end + 2);
        return Reading.Word;
    }

    private static void WriteQ(string text, ArrayBufferWriter<byte> output)
    {
        var room = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        var used = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '_')
            {
                room[used++] = (byte)' ';
            }
            else if (text[i] is '=' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                room[used++] = Convert.ToByte(text.Substring(i + 1, 2), 16);
                i += 2;
            }
            else if (text[i] < 0x80)
            {
                room[used++] = (byte)text[i];
            }
            else
            {
                Rune.TryGetRuneAt(text, i, out var rune);
                used += rune.EncodeToUtf8(room[used..]);
                i += rune.Utf16SequenceLength - 1;
            }
        }

        output.Advance(used);
    }

    private static void Flush(StringBuilder decoded, ArrayBufferWriter<byte> pending, string? charset)
    {
        if (pending.WrittenCount is 0)
            return;
        decoded.Append(Charsets.Decode(pending.WrittenSpan, charset));
        pending.ResetWrittenCount();
    }
}
