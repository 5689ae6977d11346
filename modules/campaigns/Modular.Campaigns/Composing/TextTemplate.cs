using System.Text;

namespace Modular.Campaigns.Composing;

/// <summary>Compiles what has no markup: the text part, the subject, the target of a link.</summary>
internal static class TextTemplate
{
    public static Segment[] Compile(IReadOnlyList<TemplateNode> nodes, Escape escape)
    {
        var segments = new List<Segment>();
        foreach (var node in nodes)
        {
            segments.Add(node switch
            {
                TextNode text => new Segment.Static(Encoding.UTF8.GetBytes(text.Text)),
                ValueNode { Value: Expression.Link link } => new Segment.Address(link.Kind),
                // What 'url' made is encoded already; a second time would be wrong.
                ValueNode value => new Segment.Value(value.Value, value.Fallback, value.Value is Formatting { Helper: "url" } ? Escape.Text : escape),
                IfNode choice => new Segment.If(choice.Condition, Compile(choice.Then, escape), Compile(choice.Else, escape)),
                EachNode loop => new Segment.Each(loop.List, Compile(loop.Body, escape)),
                _ => throw new InvalidOperationException($"No {node.GetType().Name} is known."),
            });
        }
        return Segment.Join(segments);
    }
}
