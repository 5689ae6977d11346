namespace Modular.Campaigns.Composing;

/// <summary>Cuts a template into text and tags; knows braces, quotes inside them, comments and blanks around, not what a tag means.</summary>
internal static class TemplateTags
{
    internal enum Kind
    {
        Text,
        Value,
        RawValue,
        Open,
        Close,
        Else,
        Comment,
    }

    /// <param name="Start">Of the whole, braces included.</param>
    /// <param name="Inside">What the tag says, between braces and marks; for text, where it starts.</param>
    internal record struct Piece(Kind Kind, int Start, int End, int Inside, int InsideEnd, bool TrimsBefore, bool TrimsAfter)
    {
        public readonly string In(string source) => source[Inside..InsideEnd];
    }

    public static List<Piece> Cut(string source, TemplateFaults faults)
    {
        var pieces = new List<Piece>();
        var at = 0;
        var text = 0;
        while (source.IndexOf("{{", at, StringComparison.Ordinal) is >= 0 and var start)
        {
            if (start > 0 && source[start - 1] == '\\')
            {
                // \{{ stands for braces themselves.
                AddText(text, start - 1);
                text = start;
                at = start + 2;
                continue;
            }
            if (Tag(source, start, faults) is not { } tag) break;
            AddText(text, start);
            pieces.Add(tag);
            at = text = tag.End;
        }
        AddText(text, source.Length);
        Trim(source, pieces);
        return pieces;

        void AddText(int from, int to)
        {
            if (to > from) pieces.Add(new Piece(Kind.Text, from, to, from, to, false, false));
        }
    }

    private static Piece? Tag(string source, int start, TemplateFaults faults)
    {
        var i = start + 2;
        var trimsBefore = i < source.Length && source[i] == '~';
        if (trimsBefore) i++;
        var mark = i < source.Length ? source[i] : '\0';
        var (kind, close) = mark switch
        {
            '{' => (Kind.RawValue, "}}}"),
            '&' => (Kind.RawValue, "}}"),
            '!' => (Kind.Comment, source.AsSpan(i).StartsWith("!--") ? "--}}" : "}}"),
            '#' => (Kind.Open, "}}"),
            '/' => (Kind.Close, "}}"),
            '^' => (Kind.Else, "}}"),
            _ => (Kind.Value, "}}"),
        };
        if (kind is not Kind.Value) i++;
        var end = CloseOf(source, i, close, quotes: kind is not Kind.Comment);
        if (end < 0)
        {
            faults.Add(start, $"this {{{{ is never closed by {close}.");
            return null;
        }
        var insideEnd = end;
        var trimsAfter = insideEnd > i && source[insideEnd - 1] == '~';
        if (trimsAfter) insideEnd--;
        var inside = source[i..insideEnd].Trim();
        if (kind is Kind.Value && (inside == "else" || inside.StartsWith("else ", StringComparison.Ordinal))) kind = Kind.Else;
        return new Piece(kind, start, end + close.Length, i, insideEnd, trimsBefore, trimsAfter);
    }

    /// <summary>Where the closing braces begin; braces between quotes do not count.</summary>
    private static int CloseOf(string source, int from, string close, bool quotes)
    {
        var quote = '\0';
        for (var i = from; i <= source.Length - close.Length; i++)
        {
            var c = source[i];
            if (quote != '\0') quote = c == quote ? '\0' : quote;
            else if (source.AsSpan(i).StartsWith(close)) return i;
            else if (quotes && c is '"' or '\'') quote = c;
        }
        return -1;
    }

    /// <summary>Takes the blanks that a tilde asks for, and the whole line of a block's tag or a comment that stands alone on it.</summary>
    private static void Trim(string source, List<Piece> pieces)
    {
        var from = pieces.Select(p => p.Start).ToArray();
        var to = pieces.Select(p => p.End).ToArray();
        for (var i = 0; i < pieces.Count; i++)
        {
            var piece = pieces[i];
            if (piece.Kind is Kind.Text) continue;
            var before = i > 0 && pieces[i - 1].Kind is Kind.Text ? i - 1 : -1;
            var after = i + 1 < pieces.Count && pieces[i + 1].Kind is Kind.Text ? i + 1 : -1;
            if (piece.Kind is Kind.Open or Kind.Close or Kind.Else or Kind.Comment
                && LineStart(source, piece.Start) is >= 0 and var lineStart && LineEnd(source, piece.End) is >= 0 and var lineEnd)
            {
                if (before >= 0) to[before] = Math.Min(to[before], lineStart);
                if (after >= 0) from[after] = Math.Max(from[after], lineEnd);
            }
            if (piece.TrimsBefore && before >= 0)
            {
                while (to[before] > from[before] && char.IsWhiteSpace(source[to[before] - 1])) to[before]--;
            }
            if (piece.TrimsAfter && after >= 0)
            {
                while (from[after] < to[after] && char.IsWhiteSpace(source[from[after]])) from[after]++;
            }
        }
        for (var i = pieces.Count - 1; i >= 0; i--)
        {
            if (pieces[i].Kind is not Kind.Text) continue;
            if (from[i] >= to[i]) pieces.RemoveAt(i);
            else pieces[i] = pieces[i] with { Start = from[i], Inside = from[i], End = to[i], InsideEnd = to[i] };
        }
    }

    /// <returns>Where the line begins if only blanks stand before <paramref name="at"/>; -1 otherwise.</returns>
    private static int LineStart(string source, int at)
    {
        while (at > 0 && source[at - 1] is ' ' or '\t') at--;
        return at == 0 || source[at - 1] == '\n' ? at : -1;
    }

    /// <returns>Where the next line begins if only blanks stand behind <paramref name="at"/>; -1 otherwise.</returns>
    private static int LineEnd(string source, int at)
    {
        while (at < source.Length && source[at] is ' ' or '\t' or '\r') at++;
        return at == source.Length ? at : source[at] == '\n' ? at + 1 : -1;
    }
}
