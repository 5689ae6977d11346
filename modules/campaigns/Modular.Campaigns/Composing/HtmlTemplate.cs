using System.Text;

namespace Modular.Campaigns.Composing;

/// <summary>
/// Compiles HTML: each value is escaped for the place where it stands, each http link becomes a tracked one, and the pixel comes last in the body.
/// Nothing else of the markup changes, not by a byte.
/// </summary>
internal sealed class HtmlTemplate
{
    /// <summary>Links of one message, at most; their number rides in two bytes of a token.</summary>
    public const int MaxLinks = 1000;

    private static readonly HashSet<string> UrlAttributes = new(StringComparer.Ordinal)
    {
        "href", "src", "action", "background", "poster", "cite", "data", "formaction", "longdesc", "xlink:href", "srcset",
    };

    private readonly TemplateFaults _faults;
    private readonly List<string> _links = [];
    private HtmlScanner _place = new();
    private bool _hasPixel;

    private HtmlTemplate(TemplateFaults faults) => _faults = faults;

    /// <param name="Links">The targets of the tracked links, as templates of their own; the first has number 1.</param>
    internal sealed record Compiled(Segment[] Segments, IReadOnlyList<string> Links);

    public static Compiled Compile(IReadOnlyList<TemplateNode> nodes, TemplateFaults faults)
    {
        var template = new HtmlTemplate(faults);
        var segments = template.Walk(nodes, isOutermost: true);
        if (!template._hasPixel) segments.Add(new Segment.Pixel());
        return new Compiled(Segment.Join(segments), template._links);
    }

    private List<Segment> Walk(IReadOnlyList<TemplateNode> nodes, bool isOutermost)
    {
        var walk = new ListWalk(this, wasInHref: IsHref);
        foreach (var node in nodes)
        {
            switch (node)
            {
                case TextNode text:
                    walk.Text(text, isOutermost);
                    break;
                case ValueNode value:
                    walk.Add(node, Value(value));
                    break;
                case IfNode choice:
                    var start = _place;
                    var then = Segment.Join(Walk(choice.Then, isOutermost: false));
                    var afterThen = _place;
                    _place = start;
                    var otherwise = Segment.Join(Walk(choice.Else, isOutermost: false));
                    Join(afterThen, choice.At);
                    walk.Add(node, new Segment.If(choice.Condition, then, otherwise));
                    break;
                case EachNode loop:
                    var before = _place;
                    var body = Segment.Join(Walk(loop.Body, isOutermost: false));
                    Join(before, loop.At);
                    walk.Add(node, new Segment.Each(loop.List, body));
                    break;
            }
        }
        return walk.Segments;
    }

    private bool IsHref => _place is { IsInValue: true, IsEndTag: false, Attribute: "href", Tag: "a" or "area" };

    private void Join(HtmlScanner other, int at)
    {
        if (HtmlScanner.Join(_place, other) is { } joined) _place = joined;
        else _faults.Add(at, "the branches of this block end in different places of the markup, one inside a tag, a value or a comment that the other closes.");
    }

    private Segment Value(ValueNode node)
    {
        var escape = EscapeHere(out var fault);
        if (fault is not null) _faults.Add(node.At, fault);
        _place.Pass();
        if (node.Value is Expression.Link link) return new Segment.Address(link.Kind);
        // What 'url' made holds nothing that HTML or a URL would mind.
        return new Segment.Value(node.Value, node.Fallback, node.Value is Formatting { Helper: "url" } ? Escape.Text : escape);
    }

    private Escape EscapeHere(out string? fault)
    {
        fault = _place switch
        {
            { Place: HtmlPlace.Text or HtmlPlace.Comment or HtmlPlace.BogusComment } => null,
            { Place: HtmlPlace.RawText, RawElement: "title" or "textarea" } => null,
            { Place: HtmlPlace.RawText, RawElement: var element } => $"a field cannot be printed inside <{element}>.",
            { Place: HtmlPlace.BeforeAttributeValue or HtmlPlace.Unquoted } => "put quotes around an attribute's value that holds a field.",
            { IsInValue: true, Attribute: "style" } => "a field cannot be printed inside a style attribute; choose between whole attributes with {{#if}}.",
            { IsInValue: true, Attribute: ['o', 'n', ..] } => "a field cannot be printed inside a script.",
            { IsInValue: true } => null,
            _ => "a field cannot be printed inside a tag, outside of its attributes' values.",
        };
        return _place.IsInValue && UrlAttributes.Contains(_place.Attribute) ? (_place.IsValueEmpty ? Escape.WholeUrl : Escape.Url) : Escape.Html;
    }

    /// <summary>One list of nodes on its way to segments. An href's value is gathered apart until it ends, which it must do in the list it began in.</summary>
    private sealed class ListWalk(HtmlTemplate template, bool wasInHref)
    {
        private List<TemplateNode>? _href;
        private int _hrefAt;
        private int _hrefSegment;

        public List<Segment> Segments { get; } = [];

        public void Add(TemplateNode node, Segment segment)
        {
            _href?.Add(node);
            Segments.Add(segment);
        }

        public void Text(TextNode node, bool isOutermost)
        {
            var text = node.Text;
            var flushed = 0;
            var tagAt = 0;
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] == '<') tagAt = i;
                var e = template._place.Step(text[i]);
                if (e is HtmlEvent.ValueStarts && template.IsHref)
                {
                    var quoted = template._place.Place is not HtmlPlace.Unquoted;
                    Flush(quoted ? i + 1 : i);
                    (_href, _hrefAt, _hrefSegment) = ([], node.At + i, Segments.Count);
                }
                else if (e is HtmlEvent.ValueEnds or HtmlEvent.ValueAndTagEnd && (_href is not null || wasInHref))
                {
                    if (_href is null) template._faults.Add(node.At + i, "this block begins inside a link's address and ends outside of it.");
                    else
                    {
                        Flush(i);
                        EndHref(_href);
                    }
                    (_href, wasInHref) = (null, false);
                }
                else if (e is HtmlEvent.TagEnds && template._place.Ended is ("body", true) && isOutermost && !template._hasPixel && tagAt >= flushed)
                {
                    Flush(tagAt);
                    Segments.Add(new Segment.Pixel());
                    template._hasPixel = true;
                }
            }
            Flush(text.Length);

            void Flush(int to)
            {
                if (to <= flushed) return;
                var piece = text[flushed..to];
                _href?.Add(new TextNode(node.At + flushed, piece));
                Segments.Add(new Segment.Static(Encoding.UTF8.GetBytes(piece)));
                flushed = to;
            }
        }

        private void EndHref(List<TemplateNode> value)
        {
            var kind = LinkTarget.Judge(value, out var fault);
            if (fault is not null) template._faults.Add(_hrefAt, fault);
            else if (kind is LinkTarget.Kind.Web)
            {
                if (template._links.Count == MaxLinks) template._faults.Add(_hrefAt, $"a message holds {MaxLinks} links at most.");
                var target = LinkTarget.Source(value);
                if (Refusal(target) is { } refusal) template._faults.Add(_hrefAt, refusal);
                template._links.Add(target);
                var original = Segments[_hrefSegment..];
                Segments.RemoveRange(_hrefSegment, original.Count);
                Segments.Add(new Segment.Tracked(template._links.Count, Segment.Join(original)));
            }
        }

        /// <summary>The target is worked out again when it is clicked, alone: what only a loop knows is gone by then.</summary>
        private static string? Refusal(string target)
        {
            var faults = new TemplateFaults("link", target);
            TemplateParser.Parse(target, TemplateFields.Any, faults);
            return faults.Found is [var first, ..] ? "in a link's address, " + first.What : null;
        }
    }
}
