namespace Modular.Campaigns.Composing;

/// <summary>Where in an HTML document a place is.</summary>
internal enum HtmlPlace
{
    Text,
    TagOpen,
    TagName,
    EndTagOpen,
    BeforeAttributeName,
    AttributeName,
    AfterAttributeName,
    BeforeAttributeValue,
    DoubleQuoted,
    SingleQuoted,
    Unquoted,
    AfterAttributeValue,
    MarkupDeclaration,
    Comment,
    BogusComment,

    /// <summary>Inside style, script, title and their kind, up to their own end tag.</summary>
    RawText,
}

internal enum HtmlEvent
{
    None,

    /// <summary>The character began a value: it is the quote in front of it, or its first character when it has no quotes.</summary>
    ValueStarts,

    /// <summary>The character ended a value: it is the quote behind it, or what follows it when it has no quotes.</summary>
    ValueEnds,

    /// <summary>As <see cref="ValueEnds"/>, and the same character ended the tag.</summary>
    ValueAndTagEnd,

    TagEnds,
}

/// <summary>
/// The tokenizer of the HTML standard (WHATWG HTML §13.2.5) as far as places go, one character at a time. A value: copying it is how two branches
/// of a block are followed from one place, and equality tells whether they end in one.
/// </summary>
internal record struct HtmlScanner
{
    private static readonly HashSet<string> RawTextElements = new(StringComparer.Ordinal) { "style", "script", "title", "textarea", "xmp", "iframe", "noembed", "noframes" };

    private string _raw; // the element whose raw text this is, or the end tag seen so far
    private string _seen;

    public HtmlScanner()
    {
        _raw = _seen = Tag = Attribute = "";
    }

    public HtmlPlace Place { get; private set; }

    /// <summary>Name of the tag that this place is in, in lower case; empty outside of one.</summary>
    public string Tag { get; private set; }

    public bool IsEndTag { get; private set; }

    /// <summary>Name of the attribute that this place is in, in lower case.</summary>
    public string Attribute { get; private set; }

    public readonly string RawElement => _raw;

    public readonly bool IsInValue => Place is HtmlPlace.DoubleQuoted or HtmlPlace.SingleQuoted or HtmlPlace.Unquoted;

    /// <summary>Nothing stands in the value yet.</summary>
    public bool IsValueEmpty { get; private set; }

    public HtmlEvent Step(char c)
    {
        switch (Place)
        {
            case HtmlPlace.Text:
                if (c == '<') Place = HtmlPlace.TagOpen;
                return HtmlEvent.None;
            case HtmlPlace.TagOpen:
                if (char.IsAsciiLetter(c)) return StartName(c, isEnd: false);
                Place = c switch { '!' => HtmlPlace.MarkupDeclaration, '/' => HtmlPlace.EndTagOpen, '?' => HtmlPlace.BogusComment, '<' => HtmlPlace.TagOpen, _ => HtmlPlace.Text };
                _seen = "";
                return HtmlEvent.None;
            case HtmlPlace.EndTagOpen:
                if (char.IsAsciiLetter(c)) return StartName(c, isEnd: true);
                Place = c == '>' ? HtmlPlace.Text : HtmlPlace.BogusComment;
                return HtmlEvent.None;
            case HtmlPlace.TagName:
                if (IsBlank(c) || c == '/') Place = HtmlPlace.BeforeAttributeName;
                else if (c == '>') return EndTag(HtmlEvent.TagEnds);
                else Tag += char.ToLowerInvariant(c);
                return HtmlEvent.None;
            case HtmlPlace.BeforeAttributeName:
                if (c == '>') return EndTag(HtmlEvent.TagEnds);
                if (!IsBlank(c) && c != '/') StartAttribute(c);
                return HtmlEvent.None;
            case HtmlPlace.AttributeName:
                if (c == '>') return EndTag(HtmlEvent.TagEnds);
                if (c == '=') Place = HtmlPlace.BeforeAttributeValue;
                else if (c == '/') Place = HtmlPlace.BeforeAttributeName;
                else if (IsBlank(c)) Place = HtmlPlace.AfterAttributeName;
                else Attribute += char.ToLowerInvariant(c);
                return HtmlEvent.None;
            case HtmlPlace.AfterAttributeName:
                if (c == '>') return EndTag(HtmlEvent.TagEnds);
                if (c == '=') Place = HtmlPlace.BeforeAttributeValue;
                else if (c == '/') Place = HtmlPlace.BeforeAttributeName;
                else if (!IsBlank(c)) StartAttribute(c);
                return HtmlEvent.None;
            case HtmlPlace.BeforeAttributeValue:
                if (IsBlank(c)) return HtmlEvent.None;
                if (c == '>') return EndTag(HtmlEvent.TagEnds);
                Place = c switch { '"' => HtmlPlace.DoubleQuoted, '\'' => HtmlPlace.SingleQuoted, _ => HtmlPlace.Unquoted };
                IsValueEmpty = Place is not HtmlPlace.Unquoted;
                return HtmlEvent.ValueStarts;
            case HtmlPlace.DoubleQuoted when c == '"':
            case HtmlPlace.SingleQuoted when c == '\'':
                Place = HtmlPlace.AfterAttributeValue;
                return HtmlEvent.ValueEnds;
            case HtmlPlace.Unquoted when IsBlank(c):
                Place = HtmlPlace.BeforeAttributeName;
                return HtmlEvent.ValueEnds;
            case HtmlPlace.Unquoted when c == '>':
                return EndTag(HtmlEvent.ValueAndTagEnd);
            case HtmlPlace.DoubleQuoted or HtmlPlace.SingleQuoted or HtmlPlace.Unquoted:
                IsValueEmpty &= IsBlank(c);
                return HtmlEvent.None;
            case HtmlPlace.AfterAttributeValue:
                if (c == '>') return EndTag(HtmlEvent.TagEnds);
                if (IsBlank(c) || c == '/') Place = HtmlPlace.BeforeAttributeName;
                else StartAttribute(c);
                return HtmlEvent.None;
            case HtmlPlace.MarkupDeclaration:
                _seen += c;
                if (_seen == "--") StartComment();
                else if (c == '>') Place = HtmlPlace.Text;
                else if (!"--".StartsWith(_seen, StringComparison.Ordinal)) Place = HtmlPlace.BogusComment;
                return HtmlEvent.None;
            case HtmlPlace.Comment:
                // <!--> and <!---> are comments that end at once: the two dashes that opened it count as those that close it.
                if (c == '>' && _seen is "--" or "--!") (Place, _seen) = (HtmlPlace.Text, "");
                else _seen = c == '-' ? (_seen is "-" or "--" ? "--" : "-") : c == '!' && _seen == "--" ? "--!" : "";
                return HtmlEvent.None;
            case HtmlPlace.BogusComment:
                if (c == '>') Place = HtmlPlace.Text;
                return HtmlEvent.None;
            default:
                return StepRaw(c);
        }
    }

    /// <summary>A value is printed here: it is none of the markup, but what was half seen of an end tag or a comment's end is over.</summary>
    public void Pass()
    {
        if (Place is HtmlPlace.Comment or HtmlPlace.RawText) _seen = "";
        IsValueEmpty = false;
    }

    /// <summary>
    /// The place behind a block, if both its branches end in one; between the attributes of a tag it does not matter which came last.
    /// </summary>
    public static HtmlScanner? Join(HtmlScanner a, HtmlScanner b)
    {
        (a.Ended, b.Ended) = (default, default);
        a.IsValueEmpty = b.IsValueEmpty = a.IsValueEmpty && b.IsValueEmpty;
        a.LeaveAttribute();
        b.LeaveAttribute();
        return a == b ? a : null;
    }

    private void LeaveAttribute()
    {
        if (Place is HtmlPlace.TagName or HtmlPlace.AttributeName or HtmlPlace.AfterAttributeName or HtmlPlace.AfterAttributeValue) Place = HtmlPlace.BeforeAttributeName;
        if (Place is HtmlPlace.BeforeAttributeName) Attribute = "";
        if (Place is not (HtmlPlace.Comment or HtmlPlace.RawText or HtmlPlace.MarkupDeclaration)) _seen = "";
    }

    private HtmlEvent StepRaw(char c)
    {
        // Only the element's own end tag ends it.
        if (c == '<') _seen = "<";
        else if (_seen.Length > 0)
        {
            var end = "</" + _raw;
            if (_seen.Length == end.Length)
            {
                if (IsBlank(c) || c is '/' or '>')
                {
                    (Tag, IsEndTag, _raw, _seen, Attribute) = (_raw, true, "", "", "");
                    if (c == '>') return EndTag(HtmlEvent.TagEnds);
                    Place = HtmlPlace.BeforeAttributeName;
                    return HtmlEvent.None;
                }
                _seen = "";
            }
            else _seen = end[_seen.Length] == char.ToLowerInvariant(c) ? _seen + char.ToLowerInvariant(c) : "";
        }
        return HtmlEvent.None;
    }

    private HtmlEvent StartName(char c, bool isEnd)
    {
        Place = HtmlPlace.TagName;
        Tag = char.ToLowerInvariant(c).ToString();
        IsEndTag = isEnd;
        Attribute = "";
        return HtmlEvent.None;
    }

    private void StartAttribute(char c)
    {
        Place = HtmlPlace.AttributeName;
        Attribute = char.ToLowerInvariant(c).ToString();
    }

    private void StartComment()
    {
        Place = HtmlPlace.Comment;
        _seen = "--";
    }

    private HtmlEvent EndTag(HtmlEvent e)
    {
        Ended = (Tag, IsEndTag);
        var isRaw = !IsEndTag && RawTextElements.Contains(Tag);
        Place = isRaw ? HtmlPlace.RawText : HtmlPlace.Text;
        _raw = isRaw ? Tag : "";
        (_seen, Tag, Attribute, IsEndTag) = ("", "", "", false);
        return e;
    }

    /// <summary>The tag that ended last.</summary>
    public (string Tag, bool IsEnd) Ended { get; private set; }

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\n' or '\r' or '\f';
}
