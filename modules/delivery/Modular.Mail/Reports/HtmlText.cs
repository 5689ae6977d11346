using System.Buffers;
using System.Net;
using System.Text;

namespace Modular.Mail.Reports;

/// <summary>The words of an HTML report, block elements on lines of their own; styles, scripts and comments left out. One pass, whatever the tags are.</summary>
internal static class HtmlText
{
    private const int MostTagChars = 2000;

    private static readonly SearchValues<char> TagEnds = SearchValues.Create("<>");
    private static readonly SearchValues<char> NameChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    private static readonly HashSet<string> Blocks = new(StringComparer.OrdinalIgnoreCase) { "br", "p", "div", "tr", "td", "th", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr", "blockquote", "title", "body" };

    public static string Of(string html)
    {
        var words = new StringBuilder(html.Length);
        var at = 0;
        while (at < html.Length)
        {
            var open = html.IndexOf('<', at);
            if (open < 0)
                break;
            words.Append(html, at, open - at);
            at = Skip(html, open, words);
        }

        if (at < html.Length)
            words.Append(html, at, html.Length - at);
        return WebUtility.HtmlDecode(words.ToString());
    }

    /// <summary>Where the text goes on behind the tag; a bracket that begins no tag is text.</summary>
    private static int Skip(string html, int open, StringBuilder words)
    {
        if (html.AsSpan(open).StartsWith("<!--", StringComparison.Ordinal))
            return html.IndexOf("-->", open + 4, StringComparison.Ordinal) is >= 0 and var close ? close + 3 : html.Length;
        var window = html.AsSpan(open + 1, Math.Min(MostTagChars, html.Length - open - 1));
        var end = window.IndexOfAny(TagEnds);
        if (end < 0 || window[end] is '<')
        {
            words.Append('<');
            return open + 1;
        }

        var tag = window[..end].TrimStart('/');
        // An address in brackets that nobody escaped.
        if (tag.Contains('@') && !tag.Contains(' '))
        {
            words.Append('<').Append(window[..end]).Append('>');
            return open + end + 2;
        }

        var nameEnd = tag.IndexOfAnyExcept(NameChars) is >= 0 and var length ? length : tag.Length;
        var name = tag[..nameEnd].ToString();
        words.Append(Blocks.Contains(name) ? '\n' : ' ');
        var next = open + end + 2;
        if (window[0] is not '/' && (name.Equals("style", StringComparison.OrdinalIgnoreCase) || name.Equals("script", StringComparison.OrdinalIgnoreCase)))
            return html.IndexOf("</" + name, next, StringComparison.OrdinalIgnoreCase) is >= 0 and var closing ? closing : html.Length;
        return next;
    }
}
