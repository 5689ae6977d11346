using System.Globalization;
using System.Text.Json;
using Modular.Contacts.Fields;

namespace Modular.Contacts.Segments;

/// <summary>
/// Reads the segment language. Every part is an object with one kind of condition:
/// <code>
/// {"and": [ … ]}   {"or": [ … ]}   {"not": … }
/// {"field": "country", "op": "eq", "value": "PT"}     op: eq ne lt le gt ge contains starts in empty; in takes an array, empty takes no value
/// {"field": "email", "op": "eq", "value": "ann@example.com"}
/// {"status": "active"}   {"status": ["bounced", "complained"]}
/// {"list": 4503}   {"domain": "example.com"}   {"created": {"from": "2026-01-01", "before": "2026-02-01"}}
/// </code>
/// Texts are compared without regard to the case of the letters A to Z.
/// </summary>
internal sealed class SegmentReader(FieldSet fields)
{
    public const int MaxDepth = 12;

    /// <summary>Conditions in one segment, at most.</summary>
    public const int MaxParts = 200;

    /// <summary>Values behind <c>in</c>, at most.</summary>
    public const int MaxValues = 1_000;

    public const int MaxJsonChars = 100_000;

    private int _parts;

    public static Result<SegmentNode> Read(string json, FieldSet fields)
    {
        if (json.Length > MaxJsonChars) return new SegmentRefused("", $"A segment's JSON can have {MaxJsonChars} characters.");
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 2 * MaxDepth + 8 });
            return new SegmentReader(fields).Node(document.RootElement, "", 1);
        }
        catch (JsonException e)
        {
            return new SegmentRefused("", $"This is no JSON. {e.Message}");
        }
    }

    private Result<SegmentNode> Node(JsonElement json, string path, int depth)
    {
        if (depth > MaxDepth) return new SegmentRefused(path, $"Conditions are nested deeper than {MaxDepth}.");
        if (++_parts > MaxParts) return new SegmentRefused(path, $"There are more than {MaxParts} conditions.");
        if (json.ValueKind is not JsonValueKind.Object) return new SegmentRefused(path, "A condition is an object, such as {\"status\": \"active\"}.");
        if (json.TryGetProperty("field", out var field)) return FieldIs(json, field, path);
        var members = json.EnumerateObject().ToList();
        if (members.Count != 1) return new SegmentRefused(path, "A condition has exactly one of and, or, not, field, status, list, domain, created.");
        var (kind, value) = (members[0].Name, members[0].Value);
        var here = Below(path, kind);
        return kind switch
        {
            "and" => Parts(value, here, depth, parts => new SegmentNode.And(parts)),
            "or" => Parts(value, here, depth, parts => new SegmentNode.Or(parts)),
            "not" => Node(value, here, depth + 1).Match<Result<SegmentNode>>(part => new SegmentNode.Not(part), fault => fault),
            "status" => Status(value, here),
            "list" => value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var id) ? new SegmentNode.OnList(id) : new SegmentRefused(here, "A list is named by its number."),
            "domain" => Domain(value, here),
            "created" => Created(value, here),
            _ => new SegmentRefused(here, $"'{kind}' is no condition: take and, or, not, field, status, list, domain or created."),
        };
    }

    private Result<SegmentNode> Parts(JsonElement json, string path, int depth, Func<IReadOnlyList<SegmentNode>, SegmentNode> make)
    {
        if (json.ValueKind is not JsonValueKind.Array || json.GetArrayLength() == 0) return new SegmentRefused(path, "This takes an array of at least one condition.");
        var parts = new List<SegmentNode>();
        foreach (var (index, part) in json.EnumerateArray().Index())
        {
            var node = Node(part, $"{path}[{index}]", depth + 1);
            if (node.Fault is { } fault) return fault;
            parts.Add(node.Value);
        }
        return make(parts);
    }

    private Result<SegmentNode> FieldIs(JsonElement json, JsonElement nameJson, string path)
    {
        var name = nameJson.ValueKind is JsonValueKind.String ? nameJson.GetString() ?? "" : "";
        if (json.EnumerateObject().Select(p => p.Name).FirstOrDefault(n => n is not ("field" or "op" or "value")) is { } strange) return new SegmentRefused(Below(path, strange), "A field's condition has field, op and value, nothing else.");
        var op = json.TryGetProperty("op", out var opJson) && opJson.ValueKind is JsonValueKind.String ? Word(opJson.GetString()) : null;
        if (op is not { } comparison) return new SegmentRefused(Below(path, "op"), "Take one of eq, ne, lt, le, gt, ge, contains, starts, in, empty.");
        var raw = Values(json, comparison, path);
        if (raw.Fault is { } fault) return fault;
        if (name == "email") return Email(comparison, raw.Value, path);
        if (fields.Find(name) is not { } field) return new SegmentRefused(Below(path, "field"), $"There is no field '{name}'.");
        if (!Suits(field.Type, comparison)) return new SegmentRefused(Below(path, "op"), $"A {field.Type.Word()} cannot be compared by '{opJson.GetString()}'.");
        var values = new List<object>();
        foreach (var one in raw.Value)
        {
            if (Value(field, comparison, one, out var value) is { } refused) return new SegmentRefused(Below(path, "value"), refused.Detail);
            if (value is null) return new SegmentRefused(Below(path, "value"), "The value is empty: use op 'empty'.");
            values.Add(value);
        }
        return new SegmentNode.FieldIs(field, comparison, values);
    }

    /// <summary>A word of a multiple choice is one of its choices; part of a text is any text.</summary>
    private static Fault? Value(Field field, Comparison comparison, JsonElement json, out object? value)
    {
        var asked = field.Type is FieldType.MultiChoice
            ? field.Definition with { Type = field.Definition.Choices.Count > 0 ? FieldType.Choice : FieldType.Text }
            : comparison is Comparison.Contains or Comparison.Starts ? field.Definition with { Type = FieldType.Text } : field.Definition;
        return FieldJson.Read(asked, json, out value);
    }

    private static Result<SegmentNode> Email(Comparison comparison, IReadOnlyList<JsonElement> raw, string path)
    {
        if (comparison is Comparison.Lt or Comparison.Le or Comparison.Gt or Comparison.Ge or Comparison.Empty) return new SegmentRefused(Below(path, "op"), "An address is compared by eq, ne, in, contains or starts.");
        var values = new List<string>();
        foreach (var one in raw)
        {
            var text = one.ValueKind is JsonValueKind.String ? one.GetString() ?? "" : "";
            if (comparison is Comparison.Contains or Comparison.Starts)
            {
                if (text.Length is 0 or > EmailAddress.MaxBytes) return new SegmentRefused(Below(path, "value"), "The value is part of an address.");
                values.Add(text);
                continue;
            }
            if (!EmailAddress.TryParse(text, out var address, out var reason)) return new SegmentRefused(Below(path, "value"), reason);
            values.Add(address.Key);
        }
        return new SegmentNode.EmailIs(comparison, values);
    }

    private static Result<JsonElement[]> Values(JsonElement json, Comparison comparison, string path)
    {
        var hasValue = json.TryGetProperty("value", out var value);
        var here = Below(path, "value");
        switch (comparison)
        {
            case Comparison.Empty:
                return hasValue ? new SegmentRefused(here, "'empty' takes no value.") : Array.Empty<JsonElement>();
            case Comparison.In:
                if (!hasValue || value.ValueKind is not JsonValueKind.Array || value.GetArrayLength() is 0 or > MaxValues) return new SegmentRefused(here, $"'in' takes an array of 1 to {MaxValues} values.");
                return value.EnumerateArray().Select(v => v.Clone()).ToArray();
            default:
                return hasValue ? new[] { value.Clone() } : new SegmentRefused(here, "The value is missing.");
        }
    }

    private static Result<SegmentNode> Status(JsonElement json, string path)
    {
        var statuses = new List<ContactStatus>();
        foreach (var word in Words(json))
        {
            if (ContactStatusWords.FromWord(word) is not { } status) return new SegmentRefused(path, "Take active, bounced, unsubscribed or complained.");
            statuses.Add(status);
        }
        return statuses.Count > 0 ? new SegmentNode.StatusIn(statuses) : new SegmentRefused(path, "Take active, bounced, unsubscribed or complained, or an array of them.");
    }

    private static Result<SegmentNode> Domain(JsonElement json, string path)
    {
        var domains = new List<string>();
        foreach (var word in Words(json))
        {
            if (!EmailAddress.TryParse("a@" + word, out var address, out _)) return new SegmentRefused(path, $"'{word}' is no domain name.");
            domains.Add(address.Domain);
        }
        return domains.Count is > 0 and <= MaxValues ? new SegmentNode.DomainIn(domains) : new SegmentRefused(path, $"Take a domain name, or an array of 1 to {MaxValues}.");
    }

    private static Result<SegmentNode> Created(JsonElement json, string path)
    {
        if (json.ValueKind is not JsonValueKind.Object) return new SegmentRefused(path, "Take {\"from\": …, \"before\": …}, each a date.");
        DateTimeOffset? from = null, before = null;
        foreach (var bound in json.EnumerateObject())
        {
            var here = Below(path, bound.Name);
            if (bound.Name is not ("from" or "before")) return new SegmentRefused(here, "Take from and before.");
            if (bound.Value.ValueKind is not JsonValueKind.String
                || !DateTimeOffset.TryParse(bound.Value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)) return new SegmentRefused(here, "Write a date like 2026-01-31, or with a time like 2026-01-31T18:30:00Z.");
            at = new DateTimeOffset(at.UtcTicks / 10 * 10, TimeSpan.Zero);   // PostgreSQL keeps microseconds
            if (bound.Name == "from") from = at;
            else before = at;
        }
        return from is null && before is null ? new SegmentRefused(path, "Take from, before or both.") : new SegmentNode.Created(from, before);
    }

    private static IEnumerable<string> Words(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => [json.GetString() ?? ""],
        JsonValueKind.Array => json.EnumerateArray().Take(MaxValues + 1).Select(w => w.ValueKind is JsonValueKind.String ? w.GetString() ?? "" : ""),
        _ => [],
    };

    private static bool Suits(FieldType type, Comparison comparison) => comparison switch
    {
        Comparison.Empty => true,
        Comparison.Eq or Comparison.Ne => type is not FieldType.MultiChoice,
        Comparison.In => type is not FieldType.Boolean,
        Comparison.Contains => type is FieldType.Text or FieldType.MultiChoice,
        Comparison.Starts => type is FieldType.Text,
        _ => type is FieldType.Number or FieldType.Date or FieldType.DateTime,
    };

    private static Comparison? Word(string? word) => word switch
    {
        "eq" => Comparison.Eq,
        "ne" => Comparison.Ne,
        "lt" => Comparison.Lt,
        "le" => Comparison.Le,
        "gt" => Comparison.Gt,
        "ge" => Comparison.Ge,
        "contains" => Comparison.Contains,
        "starts" => Comparison.Starts,
        "in" => Comparison.In,
        "empty" => Comparison.Empty,
        _ => null,
    };

    private static string Below(string path, string name) => path.Length == 0 ? name : path + "." + name;
}
