using Modular.Contacts;

namespace Modular.Campaigns.Composing;

/// <summary>The names a template may use, with their types. An unknown name is a fault of the draft; an empty value is none.</summary>
internal sealed class TemplateFields
{
    private readonly Dictionary<string, FieldType>? _types;

    private TemplateFields(Dictionary<string, FieldType>? types) => _types = types;

    /// <summary>Accepts every name: for templates that were checked when they were frozen.</summary>
    public static TemplateFields Any { get; } = new(null);

    public static TemplateFields Of(IEnumerable<FieldDefinition> fields)
    {
        var types = fields.ToDictionary(f => f.Name, f => f.Type, StringComparer.Ordinal);
        types["email"] = FieldType.Text;
        return new TemplateFields(types);
    }

    /// <returns>False for an unknown name; the type is null when nobody knows it.</returns>
    public bool Knows(string name, out FieldType? type)
    {
        type = null;
        if (_types is null) return true;
        if (!_types.TryGetValue(name, out var known)) return false;
        type = known;
        return true;
    }

    public string Unknown(string name)
    {
        const int Listed = 20;
        var names = _types!.Keys.Concat(SystemLink.Names).Order(StringComparer.Ordinal).ToList(); // only a closed set refuses a name
        var near = names.Where(n => Distance(n, name) <= Math.Max(1, name.Length / 3)).MinBy(n => Distance(n, name));
        var rest = names.Count > Listed ? $" and {names.Count - Listed} more" : "";
        return $"there is no field '{name}'.{(near is null ? "" : $" Did you mean '{near}'?")} Known are {string.Join(", ", names.Take(Listed))}{rest}.";
    }

    /// <summary>Levenshtein's edit distance, one row at a time.</summary>
    private static int Distance(string a, string b)
    {
        const int Longest = 64;
        if (a.Length > Longest || b.Length > Longest) return int.MaxValue;
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[b.Length];
    }
}
