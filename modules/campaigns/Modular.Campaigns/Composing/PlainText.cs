using System.Net;
using System.Text;

namespace Modular.Campaigns.Composing;

/// <summary>
/// Makes the text part's template out of the HTML one, for authors who wrote none: blocks become lines, links are followed by their address, hidden
/// elements are left out, merge tags and blocks stay.
/// </summary>
internal sealed class PlainText
{
    private static readonly HashSet<string> Paragraphs = new(StringComparer.Ordinal) { "p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "blockquote", "pre", "hr", "figure" };
    private static readonly HashSet<string> Lines = new(StringComparer.Ordinal) { "br", "div", "tr", "li", "section", "article", "header", "footer", "main", "center", "dt", "dd", "body" };
    private static readonly HashSet<string> Voids = new(StringComparer.Ordinal) { "br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "track", "wbr" };

    private readonly StringBuilder _text = new();
    private HtmlScanner _place = new();
    private int _newlines;
    private bool _hasBlank;
    private int _hidden;
    private string _hiddenTag = "";
    private bool _hides;
    private string? _href;
    private string? _address;
    private StringBuilder? _value;

    public static string Of(IReadOnlyList<TemplateNode> html)
    {
        var plain = new PlainText();
        plain.Walk(html);
        return plain._text.ToString().Trim() + "\n";
    }

    private bool IsSilent => _hidden > 0 || _place.Place is not (HtmlPlace.Text or HtmlPlace.TagOpen);

    private void Walk(IReadOnlyList<TemplateNode> nodes)
    {
        foreach (var node in nodes)
        {
            switch (node)
            {
                case TextNode text: Text(text.Text); break;
                case ValueNode value when _value is not null: _value.Append(InAddress(value)); break;
                case ValueNode value when !IsSilent: Word(value.IsRaw ? "{{" + value.Tag[3..^3] + "}}" : value.Tag); break;
                case IfNode choice when choice.Open.StartsWith("unless", StringComparison.Ordinal): Block(choice.Open, "unless", choice.Else, choice.Then); break;
                case IfNode choice: Block(choice.Open, "if", choice.Then, choice.Else); break;
                case EachNode loop: Block(loop.Open, "each", loop.Body, []); break;
            }
        }
    }

    /// <summary>In HTML a field inside an address is encoded by where it stands; in text it must say so itself.</summary>
    private static string InAddress(ValueNode value)
    {
        if (value.Value is not Expression.Field field) return value.Tag;
        var quote = value.Fallback?.Contains('"', StringComparison.Ordinal) is true ? '\'' : '"';
        return value.Fallback is null ? $"{{{{url {field.Name}}}}}" : $"{{{{url {field.Name} fallback={quote}{value.Fallback}{quote}}}}}";
    }

    /// <summary>A block may print nothing: the lines before its text belong inside of it, and each branch begins with the same ones.</summary>
    private void Block(string open, string word, IReadOnlyList<TemplateNode> body, IReadOnlyList<TemplateNode> otherwise)
    {
        if (_newlines == 0 && !IsSilent && _value is null) Break();
        var before = (_newlines, _hasBlank);
        Tag("{{#" + open + "}}");
        Walk(body);
        if (otherwise.Count > 0)
        {
            var after = _newlines;
            (_newlines, _hasBlank) = before;
            Tag("{{else}}");
            Walk(otherwise);
            _newlines = Math.Max(_newlines, after);
        }
        Tag("{{/" + word + "}}");
    }

    private void Tag(string tag)
    {
        if (_value is not null) _value.Append(tag);
        else if (!IsSilent) _text.Append(tag);
    }

    private void Text(string source)
    {
        var from = 0;
        for (var i = 0; i < source.Length; i++)
        {
            var before = _place.Place;
            var e = _place.Step(source[i]);
            if (before is HtmlPlace.Text && _place.Place is HtmlPlace.TagOpen)
            {
                Said(source[from..i]);
                from = i;
            }
            else if (before is HtmlPlace.TagOpen && _place.Place is HtmlPlace.Text)
            {
                continue; // the angle bracket was text after all, and is still ahead of us
            }
            else if (e is HtmlEvent.ValueStarts)
            {
                _value = new StringBuilder();
                from = _place.Place is HtmlPlace.Unquoted ? i : i + 1;
            }
            else if (e is HtmlEvent.ValueEnds or HtmlEvent.ValueAndTagEnd && _value is not null)
            {
                _value.Append(source, from, i - from);
                Value(_value.ToString(), e);
                _value = null;
            }
            if (e is HtmlEvent.TagEnds or HtmlEvent.ValueAndTagEnd) Ended(_place.Ended.Tag, _place.Ended.IsEnd);
            if (before is not (HtmlPlace.Text or HtmlPlace.TagOpen) && _place.Place is HtmlPlace.Text) from = i + 1;
        }
        if (_value is not null) _value.Append(source, from, source.Length - from);
        else if (_place.Place is HtmlPlace.Text) Said(source[from..]);
    }

    private void Value(string value, HtmlEvent e)
    {
        var (tag, attribute) = e is HtmlEvent.ValueAndTagEnd ? (_place.Ended.Tag, "") : (_place.Tag, _place.Attribute);
        if (_place.IsEndTag) return;
        if (tag == "a" && attribute is "href" or "") _href = WebUtility.HtmlDecode(value).Trim();
        else if (attribute == "style" && value.Replace(" ", "", StringComparison.Ordinal).Contains("display:none", StringComparison.OrdinalIgnoreCase)) _hides = true;
        else if (tag == "img" && attribute == "alt" && _hidden == 0) Said(value);
    }

    private void Ended(string tag, bool isEnd)
    {
        // Inside something hidden only elements of its own name are counted, so that one left open does not hide the rest.
        if (_hidden == 0 && !isEnd && !Voids.Contains(tag) && (_hides || tag == "head")) (_hidden, _hiddenTag) = (1, tag);
        else if (_hidden == 0) Visible(tag, isEnd);
        else if (tag == _hiddenTag) _hidden += isEnd ? -1 : 1;
        _hides = false;
        _href = null;
    }

    private void Visible(string tag, bool isEnd)
    {
        if (Paragraphs.Contains(tag)) Newlines(2);
        else if (Lines.Contains(tag)) Newlines(1);
        else if (tag is "td" or "th") _hasBlank = true;
        if (tag == "li" && !isEnd) Word("* ");
        if (tag == "a" && !isEnd && _href is { Length: > 0 } href && href[0] != '#') _address = href;
        if (tag == "a" && isEnd && _address is { } address)
        {
            _address = null;
            var said = _text.ToString(Math.Max(0, _text.Length - address.Length), Math.Min(address.Length, _text.Length));
            if (said != address) Word(_newlines > 0 || _text.Length == 0 ? address : " (" + address.Replace("mailto:", "", StringComparison.Ordinal) + ")");
        }
    }

    private void Said(string html)
    {
        if (_hidden > 0) return;
        var words = WebUtility.HtmlDecode(html).Replace("{{", "\\{{", StringComparison.Ordinal);
        var start = 0;
        for (var i = 0; i <= words.Length; i++)
        {
            var isBlank = i == words.Length || words[i] is ' ' or '\t' or '\n' or '\r' or '\f' or '\u00a0' or '\u200c' or '\u00ad';
            if (!isBlank) continue;
            if (i > start) Word(words[start..i]);
            if (i < words.Length) _hasBlank = true;
            start = i + 1;
        }
    }

    private void Word(string word)
    {
        Break();
        _text.Append(word);
    }

    private void Break()
    {
        if (_text.Length > 0 && _newlines > 0) _text.Append('\n', _newlines);
        else if (_text.Length > 0 && _hasBlank && _text[^1] is not (' ' or '\n')) _text.Append(' ');
        (_newlines, _hasBlank) = (0, false);
    }

    private void Newlines(int count) => _newlines = Math.Max(_newlines, count);
}
