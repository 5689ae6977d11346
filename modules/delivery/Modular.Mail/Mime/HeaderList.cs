using System.Buffers;
using System.Collections;
using Modular.Mail.Text;

namespace Modular.Mail.Mime;

/// <summary>
/// The fields of one header block in their order. It does not change: <see cref="With"/> and <see cref="Without"/> give another list, in
/// which every field that was received keeps its octets.
/// </summary>
public sealed class HeaderList : IReadOnlyList<HeaderField>
{
    private readonly List<HeaderField> fields;
    private readonly OctetBlocks octets;
    private readonly int start;
    private readonly int end;

    /// <summary>A block as it was received: the octets from one offset to another, in which the fields were found.</summary>
    internal HeaderList(List<HeaderField> fields, OctetBlocks octets, int start, int end)
    {
        this.fields = fields;
        this.octets = octets;
        this.start = start;
        this.end = end;
    }

    /// <summary>Fields, and the block that they were found in.</summary>
    internal HeaderList(List<HeaderField> fields, ReadOnlyMemory<byte> raw)
        : this(fields, new OctetBlocks(new ReadOnlySequence<byte>(raw)), 0, raw.Length)
    {
    }

    private HeaderList(List<HeaderField> fields)
    {
        this.fields = fields;
        var block = new ArrayBufferWriter<byte>();
        foreach (var field in fields)
            WriteLine(field, block);
        octets = new OctetBlocks(new ReadOnlySequence<byte>(block.WrittenMemory));
        end = octets.Length;
    }

    /// <summary>No fields.</summary>
    public static HeaderList Empty { get; } = new([]);

    /// <summary>Reads a header block that stands alone, such as the returned headers of a report; ends at its first empty line.</summary>
    public static HeaderList Parse(ReadOnlyMemory<byte> octets) => new MimeParser(new ReadOnlySequence<byte>(octets), MimeLimits.Default).ParseHeaders();

    /// <summary>A block of fields that we write.</summary>
    public static HeaderList Of(IEnumerable<HeaderLine> lines) => new([.. lines.Select(FieldOf)]);

    /// <summary>The whole block as received, without the empty line behind it.</summary>
    public ReadOnlyMemory<byte> Raw => octets.Slice(start, end);

    public int Count => fields.Count;

    public HeaderField this[int index] => fields[index];

    /// <summary>The first field of that name, decoded; null when there is none.</summary>
    public string? this[string name] => Find(name)?.Text;

    /// <summary>The first field of that name; null when there is none.</summary>
    public HeaderField? Find(string name)
    {
        foreach (var field in fields)
        {
            if (field.Is(name))
                return field;
        }

        return null;
    }

    /// <summary>The last field of that name; null when there is none.</summary>
    public HeaderField? FindLast(string name)
    {
        for (var i = fields.Count - 1; i >= 0; i--)
        {
            if (fields[i].Is(name))
                return fields[i];
        }

        return null;
    }

    /// <summary>The fields of that name, in order.</summary>
    public IEnumerable<HeaderField> All(string name) => fields.Where(field => field.Is(name));

    /// <summary>With that line in the place of the first field of its name, the others of that name gone; at the end where there was none.</summary>
    public HeaderList With(HeaderLine line)
    {
        var at = fields.FindIndex(field => field.Is(line.Name));
        var kept = fields.Where(field => !field.Is(line.Name)).ToList();
        kept.Insert(at < 0 ? kept.Count : at, FieldOf(line));
        return new HeaderList(kept);
    }

    /// <summary>With that line before all others, as trace fields are added (RFC 5321 §4.4).</summary>
    public HeaderList Prepend(HeaderLine line) => new([FieldOf(line), .. fields]);

    /// <summary>With the fields of another list behind its own.</summary>
    public HeaderList Append(HeaderList others) => new([.. fields, .. others.fields]);

    /// <summary>Without the fields of that name.</summary>
    public HeaderList Without(string name) => new([.. fields.Where(field => !field.Is(name))]);

    public IEnumerator<HeaderField> GetEnumerator() => fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static HeaderField FieldOf(HeaderLine line) => new(line.Octets.ToArray(), line.Name.Length);

    /// <summary>As it came; the last field of a message that ends in it may have no line end.</summary>
    private static void WriteLine(HeaderField field, ArrayBufferWriter<byte> block)
    {
        block.Write(field.Line.Span);
        if (field.Line.Span is not [.., (byte)'\n' or (byte)'\r'])
            block.Write("\r\n"u8);
    }
}
