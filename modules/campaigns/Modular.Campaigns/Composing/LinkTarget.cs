using System.Globalization;
using System.Net;
using System.Text;

namespace Modular.Campaigns.Composing;

/// <summary>
/// Where a link leads, fixed when the content is frozen: scheme and host are the author's own words, only what follows may come from the contact.
/// That is what keeps a tracked link from becoming an open redirect.
/// </summary>
internal static class LinkTarget
{
    internal enum Kind
    {
        /// <summary>http or https: it is tracked.</summary>
        Web,

        /// <summary>mailto, tel, a place on the page, an address of ours: it stays as it is.</summary>
        Other,
    }

    /// <param name="fault">What is wrong; null when nothing is.</param>
    public static Kind Judge(IEnumerable<TemplateNode> value, out string? fault)
    {
        fault = null;
        var nodes = value.ToList();
        while (nodes is [TextNode { Text: var blank }, ..] && string.IsNullOrWhiteSpace(blank)) nodes.RemoveAt(0);
        switch (nodes)
        {
            case []:
                return Kind.Other;
            case [TextNode text, .. var rest]:
                return JudgeText(Clean(text.Text).TrimStart(), rest.Count == 0, out fault);
            case [ValueNode { Value: Expression.Link }, ..]:
                return Kind.Other;
            case [IfNode choice, .. var rest]:
                var then = Judge(choice.Then.Concat(rest), out fault);
                if (fault is not null) return then;
                var otherwise = Judge(choice.Else.Concat(rest), out fault);
                if (fault is null && then != otherwise) fault = "both branches of this address must begin with http:// or https://, or neither.";
                return then;
            default:
                fault = "a link must begin with its own address, as in https://example.com/…: contact data may not choose where it leads.";
                return Kind.Other;
        }
    }

    private static Kind JudgeText(string text, bool isWhole, out string? fault)
    {
        fault = null;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var scheme = colon < 0 ? "" : text[..colon].ToLowerInvariant();
        if (scheme is "javascript" or "vbscript" or "data" or "file" or "blob")
        {
            fault = $"a link may not begin with {scheme}: mail programs refuse it.";
            return Kind.Other;
        }
        if (scheme is not ("http" or "https")) return Kind.Other;
        var host = text[(colon + 1)..];
        if (!host.StartsWith("//", StringComparison.Ordinal)) fault = $"'{scheme}:' needs // and a host behind it.";
        else
        {
            host = host[2..];
            var end = host.IndexOfAny(['/', '?', '#', '\\']);
            if (end < 0 && !isWhole) fault = "the host of a link must be written out up to its slash: contact data may not choose where it leads.";
            else if (!Uri.TryCreate($"{scheme}://{(end < 0 ? host : host[..end])}/", UriKind.Absolute, out var origin) || origin.Host.Length == 0) fault = "this address has no host.";
            else if (origin.UserInfo.Length > 0) fault = "an address with a name before an @ looks like another site's: leave it out.";
        }
        return Kind.Web;
    }

    /// <summary>The target as a template of its own, ready to be sent in a header: entities read, blanks and other letters than ASCII encoded.</summary>
    public static string Source(IEnumerable<TemplateNode> value)
    {
        var source = new StringBuilder();
        Print(value, source);
        var text = source.ToString().Trim();
        // An internationalised host goes as A-labels; everything behind it was percent-encoded.
        var start = text.IndexOf("://", StringComparison.Ordinal) + 3;
        if (start < 3 || text.StartsWith("{{", StringComparison.Ordinal)) return Encode(text);
        var end = text.IndexOfAny(['/', '?', '#', '{'], start);
        if (end < 0) end = text.Length;
        var host = text[start..end];
        try
        {
            host = new IdnMapping().GetAscii(host);
        }
        catch (ArgumentException)
        {
            // Not a name: an address with a port or a literal, in ASCII already.
        }
        return text[..start] + host + Encode(text[end..]);
    }

    private static void Print(IEnumerable<TemplateNode> nodes, StringBuilder source)
    {
        foreach (var node in nodes)
        {
            switch (node)
            {
                case TextNode text: source.Append(Clean(text.Text).Replace("{{", "\\{{", StringComparison.Ordinal)); break;
                case ValueNode value: source.Append(value.Tag); break;
                case IfNode choice when choice.Open.StartsWith("unless", StringComparison.Ordinal): Block(choice.Open, "unless", choice.Else, choice.Then); break;
                case IfNode choice: Block(choice.Open, "if", choice.Then, choice.Else); break;
                case EachNode loop: Block(loop.Open, "each", loop.Body, []); break;
            }
        }

        void Block(string open, string word, IReadOnlyList<TemplateNode> body, IReadOnlyList<TemplateNode> otherwise)
        {
            source.Append("{{#").Append(open).Append("}}");
            Print(body, source);
            if (otherwise.Count > 0)
            {
                source.Append("{{else}}");
                Print(otherwise, source);
            }
            source.Append("{{/").Append(word).Append("}}");
        }
    }

    private static string Clean(string html)
    {
        var text = WebUtility.HtmlDecode(html);
        return text.AsSpan().IndexOfAny("\t\r\n") < 0 ? text : string.Concat(text.Where(c => c is not ('\t' or '\r' or '\n')));
    }

    /// <summary>Percent-encodes what a header cannot carry, outside of tags.</summary>
    private static string Encode(string source)
    {
        var encoded = new StringBuilder();
        for (var i = 0; i < source.Length;)
        {
            if (source.AsSpan(i).StartsWith("{{") && source.IndexOf("}}", i, StringComparison.Ordinal) is >= 0 and var end)
            {
                encoded.Append(source, i, end + 2 - i);
                i = end + 2;
            }
            else
            {
                Rune.DecodeFromUtf16(source.AsSpan(i), out var rune, out var used);
                if (rune.Value is > 0x20 and < 0x7f and not ('"' or '<' or '>' or '`')) encoded.Append((char)rune.Value);
                else foreach (var b in Encoding.UTF8.GetBytes(rune.ToString())) encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
                i += used;
            }
        }
        return encoded.ToString();
    }
}
