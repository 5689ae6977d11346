using System.Buffers;

namespace Modular.Mail.Reports;

/// <summary>One rule of the rule file: pieces of text that follow one another, with anything between them.</summary>
internal sealed class Phrase
{
    private readonly string[] pieces;
    private readonly bool isAtStart;
    private readonly bool isAtEnd;

    public Phrase(string rule)
    {
        Rule = rule;
        var text = rule.Replace("{address}", AddressMask.Mark.ToString(), StringComparison.Ordinal);
        isAtStart = text[0] is '^';
        isAtEnd = text[^1] is '$';
        pieces = text[(isAtStart ? 1 : 0)..(isAtEnd ? text.Length - 1 : text.Length)].Split('*', StringSplitOptions.RemoveEmptyEntries);
    }

    public string Rule { get; }

    public string LongestPiece => pieces.MaxBy(piece => piece.Length)!; // a rule has at least one piece

    /// <param name="at">Where the rule's {address} stands in the text; negative when it has none.</param>
    public bool IsMatch(string text, out int at)
    {
        at = -1;
        var from = 0;
        for (var i = 0; i < pieces.Length; i++)
        {
            var found = i == pieces.Length - 1 && isAtEnd ? LastPiece(text, from) : text.IndexOf(pieces[i], from, StringComparison.OrdinalIgnoreCase);
            if (found < 0 || (i is 0 && isAtStart && found > 0))
                return false;
            if (pieces[i].IndexOf(AddressMask.Mark, StringComparison.Ordinal) is >= 0 and var mark)
                at = found + mark;
            from = found + pieces[i].Length;
        }

        return true;
    }

    private int LastPiece(string text, int from) =>
        text.Length - pieces[^1].Length is var start && start >= from && text.EndsWith(pieces[^1], StringComparison.OrdinalIgnoreCase) ? start : -1;
}

/// <summary>Rules in their order, with one search that tells whether any of them can match at all.</summary>
internal sealed class PhraseList
{
    private readonly List<Phrase> phrases = [];
    private SearchValues<string>? pieces;

    public void Add(Phrase phrase) => phrases.Add(phrase);

    public void Seal() => pieces = SearchValues.Create([.. phrases.Select(p => p.LongestPiece)], StringComparison.OrdinalIgnoreCase);

    public Phrase? Find(string text) => Find(text, out _);

    public Phrase? Find(string text, out int at)
    {
        at = -1;
        if (pieces is null || !text.AsSpan().ContainsAny(pieces))
            return null;
        foreach (var phrase in phrases)
        {
            if (phrase.IsMatch(text, out at))
                return phrase;
        }

        return null;
    }
}
