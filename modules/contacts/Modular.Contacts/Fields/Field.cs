using System.Text.RegularExpressions;

namespace Modular.Contacts.Fields;

/// <summary>A field with the number that stands for it in profiles.</summary>
internal sealed record Field(long Id, FieldDefinition Definition)
{
    public string Name => Definition.Name;

    public FieldType Type => Definition.Type;
}

internal static partial class FieldNames
{
    public const int MaxLength = 40;

    /// <summary>Words that already mean something in mappings, merge tags and segments.</summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "email", "contact", "contact_id", "status", "domain", "list", "created", "created_at", "updated_at", "unsubscribe_url", "preferences_url", "view_url",
    };

    public static Fault? Check(string name) =>
        !Shape().IsMatch(name) ? new FieldNameIsNoWord(name)
        : Reserved.Contains(name) ? new FieldNameIsReserved(name)
        : null;

    /// <summary>A name for a column of a file: lower case, everything but letters and digits becomes an underscore; null when nothing is left.</summary>
    public static string? FromHeader(string header)
    {
        var plain = string.Concat(header.Normalize(System.Text.NormalizationForm.FormD).Where(c => c < 128 || char.IsLetterOrDigit(c))).ToLowerInvariant();
        var name = NotWord().Replace(plain, "_").Trim('_');
        if (name.Length > 0 && char.IsAsciiDigit(name[0])) name = "f_" + name;
        if (name.Length > MaxLength) name = name[..MaxLength].TrimEnd('_');
        return name.Length > 0 && Check(name) is null ? name : null;
    }

    [GeneratedRegex("^[a-z][a-z0-9_]{0,39}$", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex NotWord();
}
