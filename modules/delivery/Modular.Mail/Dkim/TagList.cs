using System.Text;

namespace Modular.Mail.Dkim;

/// <summary>A list of <c>tag=value;</c> pairs (RFC 6376 §3.2). Names keep their case; a value keeps its inner blanks.</summary>
internal sealed class TagList
{
    private const int MostTags = 64;

    private readonly Dictionary<string, string> tags = new(StringComparer.Ordinal);

    private TagList()
    {
    }

    public string? this[string name] => tags.GetValueOrDefault(name);

    /// <summary>Null when the list is malformed or names a tag twice.</summary>
    public static TagList? Parse(string text)
    {
        var list = new TagList();
        var pairs = text.Split(';', MostTags + 1);
        if (pairs.Length > MostTags)
            return null;
        for (var i = 0; i < pairs.Length; i++)
        {
            var pair = pairs[i].Trim(' ', '\t', '\r', '\n');
            if (pair.Length is 0)
            {
                // Only behind the last semicolon may there be nothing.
                if (i == pairs.Length - 1)
                    continue;
                return null;
            }

            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
                return null;
            var name = pair[..equals].TrimEnd(' ', '\t', '\r', '\n');
            if (!IsTagName(name) || !list.tags.TryAdd(name, pair[(equals + 1)..].Trim(' ', '\t', '\r', '\n')))
                return null;
        }

        return list;
    }

    /// <summary>The value without any of its blanks and folds, as base64 and name lists allow them anywhere.</summary>
    public string? Packed(string name)
    {
        if (this[name] is not { } value)
            return null;
        var packed = new StringBuilder(value.Length);
        foreach (var c in value)
        {
            if (c is not (' ' or '\t' or '\r' or '\n'))
                packed.Append(c);
        }

        return packed.ToString();
    }

    private static bool IsTagName(string name) => char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_');
}
