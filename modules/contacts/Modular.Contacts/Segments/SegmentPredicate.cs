namespace Modular.Contacts.Segments;

/// <summary>A contact, opened: what a segment can ask of it.</summary>
internal sealed record SegmentSubject(
    EmailAddress Email, ContactStatus Status, DateTimeOffset CreatedAt, IReadOnlySet<long> Lists, IReadOnlyDictionary<string, object> Fields);

/// <summary>Judges one opened contact by a whole segment. Pure; agrees with <see cref="SegmentSql"/> wherever SQL sees.</summary>
internal static class SegmentPredicate
{
    public static bool Holds(SegmentNode node, SegmentSubject contact) => node switch
    {
        SegmentNode.And and => and.Parts.All(part => Holds(part, contact)),
        SegmentNode.Or or => or.Parts.Any(part => Holds(part, contact)),
        SegmentNode.Not not => !Holds(not.Part, contact),
        SegmentNode.StatusIn status => status.Statuses.Contains(contact.Status),
        SegmentNode.DomainIn domain => domain.Domains.Contains(contact.Email.Domain),
        SegmentNode.OnList list => contact.Lists.Contains(list.ListId),
        SegmentNode.Created created => (created.From is not { } from || contact.CreatedAt >= from) && (created.Before is not { } before || contact.CreatedAt < before),
        SegmentNode.EmailIs email => Email(email, contact.Email),
        SegmentNode.FieldIs field => Field(field, contact.Fields.GetValueOrDefault(field.Field.Name)),
        _ => throw new ArgumentOutOfRangeException(nameof(node), node.GetType(), "There is no such condition."),
    };

    /// <summary>The lists that a segment asks about, so that only these are looked up.</summary>
    public static IEnumerable<long> Lists(SegmentNode node) => node switch
    {
        SegmentNode.And and => and.Parts.SelectMany(Lists),
        SegmentNode.Or or => or.Parts.SelectMany(Lists),
        SegmentNode.Not not => Lists(not.Part),
        SegmentNode.OnList list => [list.ListId],
        _ => [],
    };

    private static bool Email(SegmentNode.EmailIs node, EmailAddress email) => node.Comparison switch
    {
        Comparison.Contains => TextFold.Fold(email.Text).Contains(TextFold.Fold(node.Values[0]), StringComparison.Ordinal),
        Comparison.Starts => TextFold.Fold(email.Text).StartsWith(TextFold.Fold(node.Values[0]), StringComparison.Ordinal),
        Comparison.Ne => !node.Values.Contains(email.Key),
        _ => node.Values.Contains(email.Key),
    };

    private static bool Field(SegmentNode.FieldIs node, object? value)
    {
        if (value is null) return node.Comparison is Comparison.Empty or Comparison.Ne;
        if (node.Comparison is Comparison.Empty) return false;
        if (value is IReadOnlyList<string> words) return node.Values.Any(v => words.Contains((string)v));
        return node.Comparison switch
        {
            Comparison.Eq => Same(value, node.Values[0], node.Field.Type),
            Comparison.Ne => !Same(value, node.Values[0], node.Field.Type),
            Comparison.In => node.Values.Any(v => Same(value, v, node.Field.Type)),
            Comparison.Contains => TextFold.Fold((string)value).Contains(TextFold.Fold((string)node.Values[0]), StringComparison.Ordinal),
            Comparison.Starts => TextFold.Fold((string)value).StartsWith(TextFold.Fold((string)node.Values[0]), StringComparison.Ordinal),
            Comparison.Lt => Order(value, node.Values[0]) < 0,
            Comparison.Le => Order(value, node.Values[0]) <= 0,
            Comparison.Gt => Order(value, node.Values[0]) > 0,
            _ => Order(value, node.Values[0]) >= 0,
        };
    }

    private static bool Same(object left, object right, FieldType type) =>
        type is FieldType.Text ? string.Equals(TextFold.Fold((string)left), TextFold.Fold((string)right), StringComparison.Ordinal) : Equals(left, right);

    private static int Order(object left, object right) => ((IComparable)left).CompareTo(right);
}
