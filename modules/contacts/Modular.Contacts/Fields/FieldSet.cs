namespace Modular.Contacts.Fields;

/// <summary>A tenant's fields at one moment.</summary>
internal sealed class FieldSet
{
    private readonly Dictionary<string, Field> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<long, Field> _byId = [];

    public FieldSet(IEnumerable<Field> fields)
    {
        All = [.. fields.OrderBy(f => f.Id)];
        foreach (var field in All)
        {
            _byName.Add(field.Name, field);
            _byId.Add(field.Id, field);
        }
    }

    /// <summary>In order of their number, which is the order in profiles.</summary>
    public IReadOnlyList<Field> All { get; }

    public Field? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Null for a field that was deleted since the profile was written.</summary>
    public Field? Find(long id) => _byId.GetValueOrDefault(id);
}
