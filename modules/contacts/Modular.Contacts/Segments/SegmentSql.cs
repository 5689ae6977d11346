using System.Globalization;
using System.Text.Json.Nodes;
using Modular.Contacts.Fields;
using Npgsql;
using NpgsqlTypes;

namespace Modular.Contacts.Segments;

/// <summary>
/// Compiles a segment to what SQL can see of it, and the reach of whoever asks with it. <see cref="Condition"/> holds for every contact of the segment within that reach, and, where <see cref="IsExact"/>, for
/// no other; where it is not, the contacts it finds are opened and judged by <see cref="SegmentPredicate"/>. All values are parameters.
/// </summary>
internal sealed class SegmentSql
{
    private readonly List<(object Value, NpgsqlDbType Type)> _values = [];
    private readonly ISealer _sealer;
    private readonly TenantId _tenant;

    private SegmentSql(ISealer sealer, Reach reach, SegmentNode? segment)
    {
        _sealer = sealer;
        _tenant = reach.Tenant;
        (Condition, IsExact) = segment is null ? ("true", true) : Compile(segment, isNegated: false);
        if (reach.Lists is { } lists)
            Condition = $"exists (select 1 from list_member r where r.contact_id = c.contact_id and r.list_id = any({Value(lists, NpgsqlDbType.Array | NpgsqlDbType.Bigint)})) and {Condition}";
    }

    /// <summary>On the table <c>contact c</c>; parameters are named <c>s0</c>, <c>s1</c>, …</summary>
    public string Condition { get; }

    public bool IsExact { get; }

    /// <param name="segment">Null for everyone.</param>
    public static SegmentSql Compile(ISealer sealer, Reach reach, SegmentNode? segment) => new(sealer, reach, segment);

    public void AddTo(NpgsqlCommand command)
    {
        for (var i = 0; i < _values.Count; i++) command.Parameters.Add(new NpgsqlParameter("s" + i.ToString(CultureInfo.InvariantCulture), _values[i].Type) { Value = _values[i].Value });
    }

    /// <summary>Negation is carried down to the leaves: the opposite of a condition that SQL sees only in part says nothing.</summary>
    private (string Sql, bool IsExact) Compile(SegmentNode node, bool isNegated)
    {
        switch (node)
        {
            case SegmentNode.Not not:
                return Compile(not.Part, !isNegated);
            case SegmentNode.And and:
                return Join(and.Parts, isNegated, isAll: !isNegated);
            case SegmentNode.Or or:
                return Join(or.Parts, isNegated, isAll: isNegated);
            default:
                if (Leaf(node) is not { } sql) return ("true", false);
                return (isNegated ? $"not ({sql})" : $"({sql})", true);
        }
    }

    private (string Sql, bool IsExact) Join(IReadOnlyList<SegmentNode> parts, bool isNegated, bool isAll)
    {
        var compiled = parts.Select(part => Compile(part, isNegated)).ToList();
        var isExact = compiled.All(c => c.IsExact);
        // One part that SQL cannot see makes an "or" unseen as a whole; an "and" merely loses that part.
        if (!isAll && compiled.Any(c => c is { Sql: "true", IsExact: false })) return ("true", false);
        var seen = compiled.Where(c => c.Sql != "true").Select(c => c.Sql).ToList();
        return (seen.Count == 0 ? "true" : "(" + string.Join(isAll ? " and " : " or ", seen) + ")", isExact);
    }

    /// <returns>A condition that is never null in SQL's sense; null when SQL cannot see it.</returns>
    private string? Leaf(SegmentNode node) => node switch
    {
        SegmentNode.StatusIn status => $"c.status = any({Value(status.Statuses.Select(ContactStatusWords.Word).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text)})",
        SegmentNode.DomainIn domain => $"c.domain = any({Value(domain.Domains.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text)})",
        SegmentNode.OnList list => $"exists (select 1 from list_member m where m.list_id = {Value(list.ListId, NpgsqlDbType.Bigint)} and m.contact_id = c.contact_id)",
        SegmentNode.Created created => Created(created),
        SegmentNode.EmailIs email => Email(email),
        SegmentNode.FieldIs { Field.Definition.IsPersonal: true } field => Personal(field),
        SegmentNode.FieldIs field => Open(field),
        _ => throw new ArgumentOutOfRangeException(nameof(node), node.GetType(), "This is no leaf."),
    };

    private string Created(SegmentNode.Created created)
    {
        var bounds = new List<string>();
        if (created.From is { } from) bounds.Add($"c.created_at >= {Value(from.UtcDateTime, NpgsqlDbType.TimestampTz)}");
        if (created.Before is { } before) bounds.Add($"c.created_at < {Value(before.UtcDateTime, NpgsqlDbType.TimestampTz)}");
        return string.Join(" and ", bounds);
    }

    private string? Email(SegmentNode.EmailIs email)
    {
        if (email.Comparison is Comparison.Contains or Comparison.Starts) return null;
        var indexes = email.Values.Select(key => _sealer.Index(_tenant, EmailAddress.Parse(key)).Value).ToArray();
        return (email.Comparison is Comparison.Ne ? "not " : "") + $"c.email_index = any({Value(indexes, NpgsqlDbType.Array | NpgsqlDbType.Uuid)})";
    }

    private string? Personal(SegmentNode.FieldIs node)
    {
        if (!node.Field.Definition.IsSearchable || node.Comparison is not (Comparison.Eq or Comparison.Ne or Comparison.In)) return null;
        var indexes = node.Values.Select(v => SearchIndex.Of(_sealer, _tenant, node.Field, (string)v)).ToArray();
        return (node.Comparison is Comparison.Ne ? "not " : "") + $"coalesce(c.search && {Value(indexes, NpgsqlDbType.Array | NpgsqlDbType.Uuid)}, false)";
    }

    private string Open(SegmentNode.FieldIs node)
    {
        var name = Value(node.Field.Name, NpgsqlDbType.Text);
        var text = $"(c.open_fields ->> {name})";
        if (node.Comparison is Comparison.Empty) return $"{text} is null";
        if (node.Field.Type is FieldType.MultiChoice)
        {
            // contains and in: one of the words stands in the array
            return $"coalesce(c.open_fields -> {name} ?| {Value(node.Values.Cast<string>().ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text)}, false)";
        }
        var isText = node.Field.Type is FieldType.Text;
        var (left, values) = node.Field.Type switch
        {
            FieldType.Number => ($"{text}::numeric", node.Values.Select(v => Value(v, NpgsqlDbType.Numeric))),
            // Dates and instants are kept in one form, whose order as text is their order in time.
            FieldType.Date or FieldType.DateTime => ($"{text} collate \"C\"", node.Values.Select(v => Value(((JsonValue)FieldJson.ToNode(v)).GetValue<string>(), NpgsqlDbType.Text))),
            FieldType.Boolean => ($"{text}::boolean", node.Values.Select(v => Value(v, NpgsqlDbType.Boolean))),
            FieldType.Text => ($"lower({text} collate \"C\")", node.Values.Select(v => Value(TextFold.Fold((string)v), NpgsqlDbType.Text))),
            _ => (text, node.Values.Select(v => Value(v, NpgsqlDbType.Text))),
        };
        var right = values.ToList();
        return node.Comparison switch
        {
            Comparison.Eq => $"coalesce({left} = {right[0]}, false)",
            Comparison.Ne => $"not coalesce({left} = {right[0]}, false)",
            Comparison.Lt => $"coalesce({left} < {right[0]}, false)",
            Comparison.Le => $"coalesce({left} <= {right[0]}, false)",
            Comparison.Gt => $"coalesce({left} > {right[0]}, false)",
            Comparison.Ge => $"coalesce({left} >= {right[0]}, false)",
            Comparison.Contains when isText => $"coalesce(strpos({left}, {right[0]}) > 0, false)",
            Comparison.Starts when isText => $"coalesce(starts_with({left}, {right[0]}), false)",
            Comparison.In => $"coalesce({left} in ({string.Join(", ", right)}), false)",
            _ => throw new ArgumentOutOfRangeException(nameof(node), node.Comparison, "The reader lets no such comparison through."),
        };
    }

    private string Value(object value, NpgsqlDbType type)
    {
        _values.Add((value, type));
        return "@s" + (_values.Count - 1).ToString(CultureInfo.InvariantCulture);
    }
}
