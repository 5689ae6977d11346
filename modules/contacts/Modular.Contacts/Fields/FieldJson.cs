using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Modular.Contacts.Fields;

/// <summary>A field's value as JSON: what <c>open_fields</c> holds and REST speaks. Dates and instants are text of one form, so that their order is the text's order.</summary>
internal static class FieldJson
{
    public const string InstantForm = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    public static JsonNode ToNode(object value) => value switch
    {
        string text => JsonValue.Create(text),
        decimal number => JsonValue.Create(number),
        bool flag => JsonValue.Create(flag),
        DateOnly date => JsonValue.Create(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        DateTimeOffset at => JsonValue.Create(at.UtcDateTime.ToString(InstantForm, CultureInfo.InvariantCulture)),
        IReadOnlyList<string> words => new JsonArray([.. words.Select(w => (JsonNode)JsonValue.Create(w))]),
        _ => throw new ArgumentOutOfRangeException(nameof(value), value.GetType(), "No field has such a value."),
    };

    /// <summary>A value as REST sends it: the JSON type of the field, or the text that a file would hold. Null clears the field.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public static Fault? Read(FieldDefinition field, JsonElement json, out object? value)
    {
        value = null;
        string reason;
        if (json.ValueKind is JsonValueKind.Array)
        {
            if (field.Type is not FieldType.MultiChoice || json.EnumerateArray().Any(i => i.ValueKind is not JsonValueKind.String)) return WrongKind(field, json);
            return FieldParser.TryWords(field.Choices, json.EnumerateArray().Select(i => i.GetString() ?? ""), out value, out reason) ? null : new FieldValueRefused(field.Name, reason);
        }
        var text = json.ValueKind switch
        {
            JsonValueKind.Null => "",
            JsonValueKind.String => json.GetString() ?? "",
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Number => json.GetRawText(),
            _ => null,
        };
        if (text is null) return WrongKind(field, json);
        return FieldParser.TryParse(field, text, out value, out reason) ? null : new FieldValueRefused(field.Name, reason);
    }

    private static FieldValueRefused WrongKind(FieldDefinition field, JsonElement json) =>
        new(field.Name, $"A JSON {json.ValueKind.ToString().ToLowerInvariant()} is no {field.Type.Word()}.");

    /// <summary>A value that we wrote ourselves; null when it is not of the field's type any more.</summary>
    public static object? FromStored(FieldDefinition field, JsonElement json) => field.Type switch
    {
        FieldType.Text or FieldType.Choice => json.ValueKind is JsonValueKind.String ? json.GetString() : null,
        FieldType.Number => json.ValueKind is JsonValueKind.Number ? FieldParser.Normal(json.GetDecimal()) : null,
        FieldType.Boolean => json.ValueKind is JsonValueKind.True or JsonValueKind.False ? json.GetBoolean() : null,
        FieldType.Date => json.ValueKind is JsonValueKind.String && DateOnly.TryParseExact(json.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null,
        FieldType.DateTime => json.ValueKind is JsonValueKind.String && DateTimeOffset.TryParseExact(json.GetString(), InstantForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null,
        _ => json.ValueKind is JsonValueKind.Array ? json.EnumerateArray().Select(i => i.GetString() ?? "").ToArray() : null,
    };

    /// <summary>Whether two values of one field are the same.</summary>
    public static bool Same(object? left, object? right) => (left, right) switch
    {
        (null, null) => true,
        (IReadOnlyList<string> a, IReadOnlyList<string> b) => a.SequenceEqual(b),
        _ => Equals(left, right),
    };
}
