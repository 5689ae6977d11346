using System.Text;

namespace Modular.Contacts.Importing.Csv;

/// <summary>One record as it lies in the reader's buffer. It is the reader's own and changes with the next read: take what you need.</summary>
internal sealed class CsvRecord : ISourceRow
{
    private FieldSpan[] _fields = new FieldSpan[32];

    /// <summary>Physical line on which the record begins; the first line of the file is 1.</summary>
    public long Line { get; internal set; }

    /// <summary>Where in the text it begins, in bytes of its UTF-8 form, behind the byte order mark.</summary>
    public long Offset { get; internal set; }

    public int Count { get; internal set; }

    /// <summary>Why it cannot be used, for the person who made the file; null when it is fine.</summary>
    public string? Fault { get; internal set; }

    /// <summary>The record's bytes without its line end; for a record beyond <see cref="CsvReader.MaxRecordBytes"/> only its beginning.</summary>
    public ReadOnlyMemory<byte> Bytes { get; internal set; }

    /// <summary>One field's text, quotes taken off.</summary>
    public string Field(int index)
    {
        var field = _fields[index];
        if (field.Length == 0) return "";
        var text = Encoding.UTF8.GetString(Bytes.Span.Slice(field.Start, field.Length));
        return field.HasQuotes ? text.Replace("\"\"", "\"", StringComparison.Ordinal) : text;
    }

    public string[] ToArray()
    {
        var fields = new string[Count];
        for (var i = 0; i < fields.Length; i++) fields[i] = Field(i);
        return fields;
    }

    /// <summary>The record as it stands in the file, cut to <paramref name="maxChars"/>.</summary>
    public string RawText(int maxChars)
    {
        var text = Encoding.UTF8.GetString(Bytes.Span[..Math.Min(Bytes.Length, maxChars * 4)]);
        return text.Length <= maxChars ? text : text[..maxChars] + "…";
    }

    internal void Clear()
    {
        Count = 0;
        Fault = null;
    }

    internal void Add(int start, int length, bool hasQuotes)
    {
        if (Count == _fields.Length) Array.Resize(ref _fields, _fields.Length * 2);
        _fields[Count++] = new FieldSpan(start, length, hasQuotes);
    }

    internal bool IsBlank => Count == 1 && Bytes.IsEmpty;

    private readonly record struct FieldSpan(int Start, int Length, bool HasQuotes);
}
