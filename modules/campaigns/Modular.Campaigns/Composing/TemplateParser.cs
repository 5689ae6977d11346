namespace Modular.Campaigns.Composing;

/// <summary>
/// Reads the part of the Handlebars language that mail needs: fields with a fallback, formats, if, unless, each, comparisons. What it leaves out
/// (partials, raw output, decorators, paths into objects) is refused by name.
/// </summary>
internal sealed class TemplateParser
{
    /// <summary>Characters of one template, at most.</summary>
    public const int MaxLength = 1 << 20;

    private const int MaxDepth = 20;

    private readonly string _source;
    private readonly TemplateFields _fields;
    private readonly TemplateFaults _faults;
    private readonly List<TemplateTags.Piece> _pieces;
    private int _next;
    private int _depth;
    private int _loops;

    private TemplateParser(string source, TemplateFields fields, TemplateFaults faults)
    {
        _source = source;
        _fields = fields;
        _faults = faults;
        _pieces = TemplateTags.Cut(source, faults);
    }

    public static IReadOnlyList<TemplateNode> Parse(string source, TemplateFields fields, TemplateFaults faults)
    {
        if (source.Length > MaxLength)
        {
            faults.Add(0, $"the template is longer than {MaxLength:N0} characters.");
            return [];
        }
        var parser = new TemplateParser(source, fields, faults);
        var nodes = parser.Nodes(null, out var stop);
        if (stop is { } stray) faults.Add(stray.Start, stray.Kind is TemplateTags.Kind.Else ? "this {{else}} stands in no block." : "this closes no block.");
        return nodes;
    }

    /// <summary>Reads up to the tag that ends the block, which is given back; at the end of the source there is none.</summary>
    private List<TemplateNode> Nodes(TemplateTags.Piece? block, out TemplateTags.Piece? stop)
    {
        var nodes = new List<TemplateNode>();
        while (_next < _pieces.Count)
        {
            var piece = _pieces[_next++];
            switch (piece.Kind)
            {
                case TemplateTags.Kind.Text:
                    nodes.Add(new TextNode(piece.Start, _source[piece.Start..piece.End]));
                    break;
                case TemplateTags.Kind.Value or TemplateTags.Kind.RawValue:
                    if (Reader(piece).Value(piece.Kind is TemplateTags.Kind.RawValue, _source[piece.Start..piece.End]) is { } value) nodes.Add(value);
                    break;
                case TemplateTags.Kind.Open:
                    if (Block(piece) is { } opened) nodes.Add(opened);
                    break;
                case TemplateTags.Kind.Close or TemplateTags.Kind.Else:
                    stop = piece;
                    return nodes;
            }
        }
        if (block is { } open) _faults.Add(open.Start, $"this block is never closed: {{{{/{WordOf(open)}}}}} is missing.");
        stop = null;
        return nodes;
    }

    private TemplateNode? Block(TemplateTags.Piece open)
    {
        if (++_depth > MaxDepth)
        {
            _faults.Add(open.Start, $"blocks stand more than {MaxDepth} deep in each other.");
            _next = _pieces.Count;
            return null;
        }
        var word = WordOf(open);
        var node = word switch
        {
            "if" => If(open, Reader(open, word).Only(), isUnless: false),
            "unless" => If(open, Reader(open, word).Only(), isUnless: true),
            "each" => Each(open),
            _ => Unknown(open, word),
        };
        _depth--;
        return node;
    }

    private IfNode? If(TemplateTags.Piece open, Expression? condition, bool isUnless)
    {
        var then = Nodes(open, out var stop);
        List<TemplateNode> otherwise = [];
        if (stop is { Kind: TemplateTags.Kind.Else } other)
        {
            var rest = other.In(_source).Trim();
            if (rest.StartsWith("else", StringComparison.Ordinal)) rest = rest[4..].TrimStart();
            if (rest.Length == 0) otherwise = Nodes(open, out stop);
            else if (rest.StartsWith("if ", StringComparison.Ordinal))
            {
                // {{else if}} is an if of its own inside the else; the one closing tag ends both.
                var at = _source.IndexOf("if ", other.Inside, StringComparison.Ordinal);
                var chained = other with { Kind = TemplateTags.Kind.Open, Inside = at };
                if (++_depth > MaxDepth) _faults.Add(other.Start, $"blocks stand more than {MaxDepth} deep in each other.");
                else if (If(chained, Reader(chained, "if").Only(), isUnless: false) is { } inner) otherwise = [inner];
                _depth--;
                return condition is null ? null : New(then, otherwise);
            }
            else _faults.Add(other.Start, "write {{else}} or {{else if …}}.");
        }
        CheckClose(open, stop, isUnless ? "unless" : "if");
        return condition is null ? null : New(then, otherwise);

        IfNode New(List<TemplateNode> yes, List<TemplateNode> no) =>
            isUnless ? new(open.Start, condition!, no, yes, Inside(open)) : new(open.Start, condition!, yes, no, Inside(open)); // both asked above
    }

    private EachNode? Each(TemplateTags.Piece open)
    {
        var list = Reader(open, "each").Only();
        _loops++;
        var body = Nodes(open, out var stop);
        _loops--;
        CheckClose(open, stop, "each");
        return list is null ? null : new EachNode(open.Start, list, body, Inside(open));
    }

    private TemplateNode? Unknown(TemplateTags.Piece open, string word)
    {
        _faults.Add(open.Start, word.Length > 0 && word[0] is '>' or '*'
            ? "other templates cannot be included here."
            : $"there is no block '{word}'. Known are if, unless and each.");
        Nodes(open, out var stop);
        while (stop is { Kind: TemplateTags.Kind.Else }) Nodes(open, out stop);
        return null;
    }

    private void CheckClose(TemplateTags.Piece open, TemplateTags.Piece? stop, string word)
    {
        if (stop is not { } close) return; // said where the source ended
        if (close.Kind is TemplateTags.Kind.Else) _faults.Add(close.Start, "this block has no further {{else}}.");
        else if (WordOf(close) != word) _faults.Add(close.Start, $"{{{{/{WordOf(close)}}}}} stands where {{{{/{word}}}}} should: it closes the block of line {LineOf(open.Start)}.");
    }

    private TagReader Reader(TemplateTags.Piece piece, string after = "")
    {
        var from = after.Length == 0 ? piece.Inside : _source.IndexOf(after, piece.Inside, StringComparison.Ordinal) + after.Length;
        return new TagReader(_source, from, piece.InsideEnd, piece.Start, _fields, _faults, isInLoop: _loops > 0);
    }

    private string Inside(TemplateTags.Piece piece) => piece.In(_source).Trim();

    private string WordOf(TemplateTags.Piece piece)
    {
        var inside = piece.In(_source).AsSpan().Trim();
        var end = inside.IndexOfAny(" \t\r\n");
        return (end < 0 ? inside : inside[..end]).ToString();
    }

    private int LineOf(int at) => _source.AsSpan(0, at).Count('\n') + 1;
}
