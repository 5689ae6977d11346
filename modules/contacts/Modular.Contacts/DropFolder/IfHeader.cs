namespace Modular.Contacts.DropFolder;

/// <summary>The If header (RFC 4918 §10.4): lists of conditions, each about one resource; it holds when all conditions of any one list hold.</summary>
/// <param name="Lists">Resource null: the request's own.</param>
internal sealed record IfHeader(IReadOnlyList<(string? Resource, IReadOnlyList<IfCondition> Conditions)> Lists)
{
    private const int MaxConditions = 100;

    /// <summary>Every lock token that the client shows.</summary>
    public IEnumerable<string> Tokens => Lists.SelectMany(l => l.Conditions).Select(c => c.Token).OfType<string>();

    /// <returns>Null when the header does not follow the grammar.</returns>
    public static IfHeader? Parse(string text)
    {
        var lists = new List<(string?, IReadOnlyList<IfCondition>)>();
        var rest = text.AsSpan().Trim();
        string? resource = null;
        var conditions = 0;
        while (!rest.IsEmpty)
        {
            if (rest[0] == '<')
            {
                if (Until(ref rest, '>') is not { } tag) return null;
                resource = tag;
                if (rest.IsEmpty || rest[0] != '(') return null;
                continue;
            }
            if (rest[0] != '(') return null;
            var list = new List<IfCondition>();
            rest = rest[1..].TrimStart();
            while (!rest.IsEmpty && rest[0] != ')')
            {
                var isNot = rest.StartsWith("not", StringComparison.OrdinalIgnoreCase);
                if (isNot) rest = rest[3..].TrimStart();
                if (rest.IsEmpty || ++conditions > MaxConditions) return null;
                var isToken = rest[0] == '<';
                if (!isToken && rest[0] != '[' || Until(ref rest, isToken ? '>' : ']') is not { } word) return null;
                list.Add(isToken ? new IfCondition(isNot, word, null) : new IfCondition(isNot, null, word));
            }
            if (rest.IsEmpty || list.Count == 0) return null;
            lists.Add((resource, list));
            rest = rest[1..].TrimStart();
        }
        return lists.Count > 0 ? new IfHeader(lists) : null;
    }

    private static string? Until(ref ReadOnlySpan<char> rest, char end)
    {
        var at = rest.IndexOf(end);
        if (at < 0) return null;
        var word = rest[1..at].ToString();
        rest = rest[(at + 1)..].TrimStart();
        return word;
    }
}

/// <summary>Either a lock token or an entity tag with its quotes.</summary>
internal readonly record struct IfCondition(bool IsNot, string? Token, string? ETag);
