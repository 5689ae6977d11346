using System.Collections;

namespace Modular.Mail.Mime;

/// <summary>The fields of one header block in their order.</summary>
public sealed class HeaderList : IReadOnlyList<HeaderField>
{
    private readonly List<HeaderField> fields;

    internal HeaderList(List<HeaderField> fields, ReadOnlyMemory<byte> raw)
    {
        this.fields = fields;
        Raw = raw;
    }

    public static HeaderList Empty { get; } = new([], default);

    /// <summary>Reads a header block that stands alone, such as the returned headers of a report; ends at its first empty line.</summary>
    public static HeaderList Parse(ReadOnlyMemory<byte> octets) => new MimeParser(octets, MimeLimits.Default).ParseHeaders();

    /// <summary>The whole block as received, without the empty line behind it.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    public int Count => fields.Count;

    public HeaderField this[int index] => fields[index];

    /// <summary>The first field of that name, decoded; null when there is none.</summary>
    public string? this[string name] => Find(name)?.Text;

    public HeaderField? Find(string name)
    {
        foreach (var field in fields)
        {
            if (field.Is(name))
                return field;
        }

        return null;
    }

    public IEnumerable<HeaderField> All(string name) => fields.Where(field => field.Is(name));

    public IEnumerator<HeaderField> GetEnumerator() => fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
