using Modular.Contacts.Fields;

namespace Modular.Contacts.Segments;

/// <summary>A condition on contacts, checked against the tenant's fields: what <see cref="SegmentReader"/> makes of JSON.</summary>
/// <remarks>Two-valued: a comparison with a field that is empty is false, and <c>ne</c> is the opposite of <c>eq</c>.</remarks>
internal abstract record SegmentNode
{
    private SegmentNode() { }

    public sealed record And(IReadOnlyList<SegmentNode> Parts) : SegmentNode;

    public sealed record Or(IReadOnlyList<SegmentNode> Parts) : SegmentNode;

    public sealed record Not(SegmentNode Part) : SegmentNode;

    /// <param name="Values">Of the field's type; one, but for <see cref="Comparison.In"/> (many) and <see cref="Comparison.Empty"/> (none).</param>
    public sealed record FieldIs(Field Field, Comparison Comparison, IReadOnlyList<object> Values) : SegmentNode;

    public sealed record EmailIs(Comparison Comparison, IReadOnlyList<string> Values) : SegmentNode;

    public sealed record StatusIn(IReadOnlyList<ContactStatus> Statuses) : SegmentNode;

    public sealed record OnList(long ListId) : SegmentNode;

    public sealed record DomainIn(IReadOnlyList<string> Domains) : SegmentNode;

    /// <param name="From">Inclusive; null for no bound.</param>
    /// <param name="Before">Exclusive; null for no bound.</param>
    public sealed record Created(DateTimeOffset? From, DateTimeOffset? Before) : SegmentNode;
}

internal enum Comparison
{
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,

    /// <summary>A text that holds this text; a multiple choice that holds this word.</summary>
    Contains,

    Starts,
    In,
    Empty,
}
