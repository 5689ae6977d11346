namespace Modular.Campaigns.Composing;

/// <summary>A template as it was written, before anyone knows where in a document its pieces stand.</summary>
/// <param name="At">Offset in the source.</param>
internal abstract record TemplateNode(int At);

/// <param name="Text">Unchanged source, from <paramref name="At"/> on.</param>
internal sealed record TextNode(int At, string Text) : TemplateNode(At);

/// <param name="Fallback">Stands in for an empty value; null for nothing.</param>
/// <param name="IsRaw">Three braces.</param>
/// <param name="Tag">The tag as it was written, braces included.</param>
internal sealed record ValueNode(int At, Expression Value, string? Fallback, bool IsRaw, string Tag) : TemplateNode(At);

/// <param name="Open">The opening tag's inside, as in <c>#if vip</c>.</param>
internal sealed record IfNode(int At, Expression Condition, IReadOnlyList<TemplateNode> Then, IReadOnlyList<TemplateNode> Else, string Open) : TemplateNode(At);

internal sealed record EachNode(int At, Expression List, IReadOnlyList<TemplateNode> Body, string Open) : TemplateNode(At);
