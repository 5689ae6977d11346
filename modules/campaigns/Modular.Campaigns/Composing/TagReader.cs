using System.Globalization;

namespace Modular.Campaigns.Composing;

/// <summary>Reads what stands between the braces of one tag.</summary>
internal ref struct TagReader(string source, int from, int to, int tagStart, TemplateFields fields, TemplateFaults faults, bool isInLoop)
{
    private const int MaxDepth = 20;

    private int _at = from;
    private int _depth;

    /// <summary>A tag that prints: a field, or a helper with its arguments, and what to print when it is empty.</summary>
    public ValueNode? Value(bool isRaw, string tag)
    {
        SkipBlanks();
        if (_at < to && source[_at] is '>' or '*')
        {
            faults.Add(tagStart, "other templates cannot be included here.");
            return null;
        }
        var value = Peek() is '(' or '"' or '\'' ? Argument() : Named(isStatement: true);
        if (value is null) return null;
        string? fallback = null;
        while (!IsAtEnd())
        {
            var at = _at;
            if (Option() is not var (name, given)) return null;
            if (name == "fallback") fallback = given;
            else if (value is Formatting && name is "culture" or "format") continue; // read by Named
            else
            {
                faults.Add(at, $"there is no option '{name}' here; fallback=\"…\" is one.");
                return null;
            }
        }
        if (isRaw && value is not Expression.Link)
        {
            faults.Add(tagStart, "contact data is always escaped: write two braces, not three.");
            return null;
        }
        return new ValueNode(tagStart, value, fallback, isRaw, tag);
    }

    /// <summary>The one argument of a block.</summary>
    public Expression? Only()
    {
        if (IsAtEnd())
        {
            faults.Add(tagStart, "this block needs a field or a comparison, as in {{#if (eq plan \"gold\")}}.");
            return null;
        }
        var argument = Argument();
        if (argument is not null && !IsAtEnd())
        {
            faults.Add(_at, "only one field or comparison can stand here; put a comparison in parentheses, as in (eq plan \"gold\").");
            return null;
        }
        return argument;
    }

    private Expression? Named(bool isStatement)
    {
        var at = _at;
        var word = Word();
        if (word.Length == 0)
        {
            faults.Add(at, IsAtEnd() ? "this tag is empty." : $"'{source[_at]}' cannot begin a name.");
            return null;
        }
        // A field may be called like a helper: it is the helper only when something follows to work on.
        var isCall = !IsAtEnd() && Peek() is not ')' && !IsOption();
        if (isStatement && !isCall) return Field(word, at);
        if (Formatting.Helpers.Contains(word)) return Format(word, at);
        if (!Expression.Call.Tests.Contains(word))
        {
            faults.Add(at, $"there is no helper '{word}'. Known are {string.Join(", ", Formatting.Helpers.Concat(Expression.Call.Tests))}.");
            return null;
        }
        return Test(word, at);
    }

    private Formatting? Format(string helper, int at)
    {
        var valueAt = _at;
        if (Argument() is not { } value) return null;
        if (value is Expression.Field field && fields.Knows(field.Name, out var type) && Formatting.Refuse(helper, type) is { } refusal)
        {
            faults.Add(valueAt, refusal);
            return null;
        }
        string? pattern = null;
        if (Peek() is '"' or '\'' && String() is { } positional) pattern = positional;
        var culture = CultureInfo.GetCultureInfo("en");
        var rest = _at;
        while (!IsAtEnd() && IsOption())
        {
            var optionAt = _at;
            if (Option() is not var (name, given)) return null;
            if (name == "format") pattern = given;
            if (name != "culture") continue;
            try
            {
                culture = CultureInfo.GetCultureInfo(given, predefinedOnly: true);
            }
            catch (CultureNotFoundException)
            {
                faults.Add(optionAt, $"there is no culture '{given}'; cultures are named like en, de or pt-BR.");
                return null;
            }
        }
        _at = rest; // the fallback among the options is the statement's
        var formatting = new Formatting(helper, value, pattern, culture);
        if (formatting.Fault() is not { } fault) return formatting;
        faults.Add(at, fault);
        return null;
    }

    private Expression.Call? Test(string word, int at)
    {
        var arguments = new List<Expression>();
        while (!IsAtEnd() && Peek() is not ')')
        {
            if (Argument() is not { } argument) return null;
            arguments.Add(argument);
        }
        var (least, most) = word switch { "not" => (1, 1), "and" or "or" => (1, 20), _ => (2, 2) };
        if (arguments.Count >= least && arguments.Count <= most) return new Expression.Call(word, arguments);
        faults.Add(at, $"'{word}' takes {(least == most ? $"{least}" : $"{least} to {most}")} values, not {arguments.Count}.");
        return null;
    }

    private Expression? Argument()
    {
        SkipBlanks();
        var at = _at;
        switch (Peek())
        {
            case '(':
                if (++_depth > MaxDepth)
                {
                    faults.Add(at, $"parentheses stand more than {MaxDepth} deep.");
                    return null;
                }
                _at++;
                SkipBlanks();
                var inner = Named(isStatement: false);
                _depth--;
                if (inner is null) return null;
                while (!IsAtEnd() && IsOption()) Option();
                if (Peek() is ')')
                {
                    _at++;
                    return inner;
                }
                faults.Add(at, "this parenthesis is never closed.");
                return null;
            case '"' or '\'':
                return String() is { } text ? new Expression.Literal(text) : null;
            case '-' or (>= '0' and <= '9'):
                return Number(at);
        }
        var word = Word();
        if (word.Length > 0) return Field(word, at);
        faults.Add(at, IsAtEnd() ? "something is missing at the end of this tag." : $"'{source[at]}' cannot stand here.");
        return null;
    }

    private readonly Expression? Field(string word, int at)
    {
        switch (word)
        {
            case "true": return new Expression.Literal(true);
            case "false": return new Expression.Literal(false);
            case "this" or "@index" or "@first" or "@last" when !isInLoop:
                faults.Add(at, $"'{word}' means something only between {{{{#each …}}}} and {{{{/each}}}}.");
                return null;
            case "this": return new Expression.This();
            case "@index" or "@first" or "@last": return new Expression.LoopVariable(word[1..]);
        }
        if (SystemLink.Find(word) is { } link) return new Expression.Link(link);
        if (fields.Knows(word, out _)) return new Expression.Field(word);
        faults.Add(at, fields.Unknown(word));
        return null;
    }

    private Expression.Literal? Number(int at)
    {
        var end = _at + 1;
        while (end < to && (char.IsAsciiDigit(source[end]) || source[end] == '.')) end++;
        var text = source.AsSpan(_at, end - _at);
        _at = end;
        if (decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number)) return new Expression.Literal(number);
        faults.Add(at, $"'{text}' is no number.");
        return null;
    }

    private string? String()
    {
        var quote = source[_at];
        var end = source.IndexOf(quote, _at + 1, to - _at - 1);
        if (end < 0)
        {
            faults.Add(_at, "this quote is never closed.");
            return null;
        }
        var text = source[(_at + 1)..end];
        _at = end + 1;
        return text;
    }

    /// <summary><c>name="value"</c>.</summary>
    private (string Name, string Value)? Option()
    {
        SkipBlanks();
        var at = _at;
        var name = Word();
        if (name.Length == 0 || Peek() != '=')
        {
            faults.Add(at, $"'{source[at..to].Trim()}' cannot stand here; an option is written name=\"value\".");
            return null;
        }
        _at++;
        if (Peek() is '"' or '\'') return String() is { } text ? (name, text) : null;
        var bare = _at;
        while (_at < to && !char.IsWhiteSpace(source[_at]) && source[_at] != ')') _at++;
        return (name, source[bare.._at]);
    }

    private readonly bool IsOption()
    {
        var ahead = this;
        ahead.SkipBlanks();
        return ahead.Word().Length > 0 && ahead._at < to && source[ahead._at] == '=';
    }

    private string Word()
    {
        SkipBlanks();
        var start = _at;
        while (_at < to && (char.IsLetterOrDigit(source[_at]) || source[_at] is '_' or '@' or '.' or '-' or '/' or '[' or ']')) _at++;
        return source[start.._at];
    }

    private char Peek()
    {
        SkipBlanks();
        return _at < to ? source[_at] : '\0';
    }

    private bool IsAtEnd()
    {
        SkipBlanks();
        return _at >= to;
    }

    private void SkipBlanks()
    {
        while (_at < to && char.IsWhiteSpace(source[_at])) _at++;
    }
}
