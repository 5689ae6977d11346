using System.Buffers;

namespace Modular.Contacts.Importing.Csv;

/// <summary>
/// Cuts one record off the front of a buffer (RFC 4180 §2): quotes, doubled quotes, delimiters and line breaks inside quotes; lines end with CRLF, LF or
/// CR. A quote inside an unquoted field is text. Pure; it consumes nothing while the record is incomplete.
/// </summary>
internal sealed class CsvParser(byte delimiter)
{
    /// <summary>Columns of one record, at most.</summary>
    public const int MaxColumns = 500;

    /// <summary>Bytes of one field, at most.</summary>
    public const int MaxFieldBytes = 64 * 1024;

    private const byte Quote = (byte)'"';
    private const byte Cr = (byte)'\r';
    private const byte Lf = (byte)'\n';

    private readonly SearchValues<byte> _fieldEnds = SearchValues.Create([delimiter, Cr, Lf]);

    /// <param name="isFinal">Nothing follows <paramref name="buffer"/>: its end ends the record.</param>
    /// <param name="consumed">Bytes of the record and its line end.</param>
    /// <param name="lines">Physical lines the record takes.</param>
    /// <returns>Whether a whole record stood in the buffer; its field positions are added to <paramref name="record"/>.</returns>
    public bool TryParse(ReadOnlySpan<byte> buffer, bool isFinal, CsvRecord record, out int length, out int consumed, out int lines)
    {
        record.Clear();
        length = consumed = 0;
        lines = 1;
        var at = 0;
        while (true)
        {
            if (at < buffer.Length && buffer[at] == Quote)
            {
                if (!TryQuoted(buffer, isFinal, record, ref at, ref lines)) return false;
            }
            else
            {
                var end = buffer[at..].IndexOfAny(_fieldEnds);
                if (end < 0)
                {
                    if (!isFinal) return false;
                    end = buffer.Length - at;
                }
                AddField(record, at, end, hasQuotes: false);
                at += end;
            }

            if (at == buffer.Length)
            {
                length = consumed = at;
                return isFinal;
            }
            if (buffer[at] == delimiter)
            {
                at++;
                if (at == buffer.Length && !isFinal) return false;
                continue;
            }
            if (buffer[at] == Cr && at + 1 == buffer.Length && !isFinal) return false;
            length = at;
            consumed = at + (buffer[at] == Cr && at + 1 < buffer.Length && buffer[at + 1] == Lf ? 2 : 1);
            return true;
        }
    }

    /// <summary>From an opening quote to what ends its field; false when the buffer ends first.</summary>
    private bool TryQuoted(ReadOnlySpan<byte> buffer, bool isFinal, CsvRecord record, ref int at, ref int lines)
    {
        var start = at + 1;
        var from = start;
        var hasQuotes = false;
        while (true)
        {
            var quote = buffer[from..].IndexOf(Quote);
            if (quote < 0)
            {
                if (!isFinal) return false;
                record.Fault ??= "A quote is opened and never closed.";
                AddField(record, start, buffer.Length - start, hasQuotes);
                at = buffer.Length;
                return true;
            }
            var end = from + quote;
            if (end + 1 == buffer.Length && !isFinal) return false;
            if (end + 1 < buffer.Length && buffer[end + 1] == Quote)
            {
                hasQuotes = true;
                from = end + 2;
                continue;
            }
            lines += CountLineBreaks(buffer[start..end]);
            AddField(record, start, end - start, hasQuotes);
            at = end + 1;
            break;
        }
        if (at < buffer.Length && buffer[at] != delimiter && buffer[at] is not (Cr or Lf))
        {
            record.Fault ??= "Text follows a closing quote: a quote inside a quoted field must be doubled.";
            var end = buffer[at..].IndexOfAny(_fieldEnds);
            if (end < 0 && !isFinal) return false;
            at = end < 0 ? buffer.Length : at + end;
        }
        return true;
    }

    private static void AddField(CsvRecord record, int start, int length, bool hasQuotes)
    {
        if (length > MaxFieldBytes) record.Fault ??= $"A field is longer than {MaxFieldBytes / 1024} KiB: most likely a quote is opened and never closed.";
        if (record.Count == MaxColumns) record.Fault ??= $"There are more than {MaxColumns} columns.";
        else record.Add(start, length, hasQuotes);
    }

    private static int CountLineBreaks(ReadOnlySpan<byte> text)
    {
        var count = 0;
        for (var i = text.IndexOfAny(Cr, Lf); i >= 0; i = text.IndexOfAny(Cr, Lf))
        {
            count++;
            text = text[(i + (text[i] == Cr && i + 1 < text.Length && text[i + 1] == Lf ? 2 : 1))..];
        }
        return count;
    }
}
