namespace Modular.Contacts.Fields;

/// <summary>The words for types, the same in SQL, REST and files.</summary>
internal static class FieldTypes
{
    public static readonly IReadOnlyList<string> Names = ["text", "number", "boolean", "date", "date_time", "choice", "multi_choice"];

    public static string Word(this FieldType type) => Names[(int)type];

    public static FieldType? FromWord(string? word)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            if (Names[i] == word) return (FieldType)i;
        }
        return null;
    }
}
