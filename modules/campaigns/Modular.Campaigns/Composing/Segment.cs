namespace Modular.Campaigns.Composing;

/// <summary>How a value is written where it stands.</summary>
internal enum Escape
{
    /// <summary>Plain text: as it is.</summary>
    Text,

    /// <summary>One line of plain text, a subject.</summary>
    Line,

    /// <summary>HTML text or a quoted attribute.</summary>
    Html,

    /// <summary>Part of a URL.</summary>
    Url,

    /// <summary>A whole URL.</summary>
    WholeUrl,
}

/// <summary>One piece of a compiled text: bytes that are the same for everyone, or what is worked out for each recipient. Immutable, shared by all threads.</summary>
internal abstract class Segment
{
    public abstract void Write(Utf8Output output, Scope scope);

    /// <summary>Joins neighbours that are the same for everyone.</summary>
    public static Segment[] Join(List<Segment> segments)
    {
        var joined = new List<Segment>();
        foreach (var segment in segments)
        {
            if (segment is Static { Utf8: var next } && joined is [.., Static { Utf8: var last }]) joined[^1] = new Static([.. last, .. next]);
            else joined.Add(segment);
        }
        return [.. joined];
    }

    internal sealed class Static(byte[] utf8) : Segment
    {
        public byte[] Utf8 => utf8;

        public override void Write(Utf8Output output, Scope scope) => output.Write(utf8);
    }

    internal sealed class Value(Expression expression, string? fallback, Escape escape) : Segment
    {
        public override void Write(Utf8Output output, Scope scope)
        {
            var words = expression.Evaluate(scope) is { } value ? Expression.Words(value) : "";
            if (words.Length == 0) words = fallback ?? "";
            switch (escape)
            {
                case Escape.Html: output.WriteHtml(words); break;
                case Escape.Url: output.WriteUrl(words); break;
                case Escape.WholeUrl: output.WriteWholeUrl(words); break;
                case Escape.Line: output.WriteLine(words); break;
                default: output.Write(words); break;
            }
        }
    }

    /// <summary>An address that we make: unsubscribe, preferences, view.</summary>
    internal sealed class Address(SystemLink link) : Segment
    {
        public override void Write(Utf8Output output, Scope scope) => scope.Links.Write(output, link);
    }

    /// <summary>A tracked link in the place of an href's value.</summary>
    /// <param name="number">From 1, in order of the document.</param>
    /// <param name="original">What stood there: a preview leads to it directly.</param>
    internal sealed class Tracked(int number, Segment[] original) : Segment
    {
        public override void Write(Utf8Output output, Scope scope)
        {
            if (scope.Links.AreTracked) scope.Links.WriteClick(output, number);
            else foreach (var segment in original) segment.Write(output, scope);
        }
    }

    /// <summary>The image that tells of an opening; last in the body, so that it shifts nothing.</summary>
    internal sealed class Pixel : Segment
    {
        public override void Write(Utf8Output output, Scope scope)
        {
            if (!scope.Links.AreTracked) return;
            output.Write("<img src=\""u8);
            scope.Links.WriteOpen(output);
            output.Write("\" width=\"1\" height=\"1\" alt=\"\" style=\"display:block;width:1px;height:1px;border:0\">"u8);
        }
    }

    internal sealed class If(Expression condition, Segment[] then, Segment[] otherwise) : Segment
    {
        public override void Write(Utf8Output output, Scope scope)
        {
            foreach (var segment in condition.IsTrue(scope) ? then : otherwise) segment.Write(output, scope);
        }
    }

    internal sealed class Each(Expression list, Segment[] body) : Segment
    {
        public override void Write(Utf8Output output, Scope scope)
        {
            if (list.Evaluate(scope) is not IReadOnlyList<string> items) return;
            var outer = (scope.Item, scope.Index, scope.Count);
            for (var i = 0; i < items.Count && scope.Iterations < Scope.MaxIterations && !output.IsFull; i++)
            {
                scope.Iterations++;
                (scope.Item, scope.Index, scope.Count) = (items[i], i, items.Count);
                foreach (var segment in body) segment.Write(output, scope);
            }
            (scope.Item, scope.Index, scope.Count) = outer;
        }
    }
}
