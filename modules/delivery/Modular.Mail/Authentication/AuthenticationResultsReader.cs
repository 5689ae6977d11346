using System.Globalization;
using System.Text;

namespace Modular.Mail.Authentication;

/// <summary>The grammar of RFC 8601 §2.2, read from left to right once, with bounds on everything.</summary>
internal ref struct AuthenticationResultsReader
{
    private const int MostCharacters = 64 * 1024, MostResults = 100, MostProperties = 50, MostCommentDepth = 20;

    private readonly ReadOnlySpan<char> text;
    private int at;

    private AuthenticationResultsReader(ReadOnlySpan<char> text) => this.text = text;

    public static AuthenticationResults? Read(string value)
    {
        if (value.Length > MostCharacters)
            return null;
        var reader = new AuthenticationResultsReader(value);
        return reader.ReadField();
    }

    private AuthenticationResults? ReadField()
    {
        if (!TrySkip() || ReadValue() is not { Length: > 0 } id || !TrySkip())
            return null;
        if (Peek is not ';' && (ReadNumber() is null || !TrySkip()))    // the version of the field
            return null;
        var results = new List<AuthenticationMethodResult>();
        while (TryTake(';'))
        {
            if (!TrySkip())
                return null;
            if (at == text.Length)
                break;      // some write a semicolon too many
            if (results.Count == MostResults || ReadWord() is not { Length: > 0 } method || !TrySkip())
                return null;
            if (results.Count is 0 && method is "none" && at == text.Length)
                break;
            if (ReadResult(method) is not { } result)
                return null;
            results.Add(result);
        }

        return at == text.Length ? new AuthenticationResults(id, results) : null;
    }

    private AuthenticationMethodResult? ReadResult(string method)
    {
        int? version = null;
        if (TryTake('/') && (!TrySkip() || (version = ReadNumber()) is null || !TrySkip()))
            return null;
        if (!TryTake('=') || !TrySkip() || ReadWord() is not { Length: > 0 } result || !TrySkip())
            return null;
        string? reason = null;
        var properties = new List<AuthenticationMethodProperty>();
        while (at < text.Length && Peek is not ';')
        {
            if (properties.Count == MostProperties || ReadWord() is not { Length: > 0 } type || !TrySkip())
                return null;
            if (TryTake('='))
            {
                // A reason; others write their own words in the same way, and those are passed over.
                if (!TrySkip() || ReadValue() is not { } words || !TrySkip())
                    return null;
                reason = type is "reason" ? words : reason;
                continue;
            }

            if (!TryTake('.') || !TrySkip() || ReadWord() is not { Length: > 0 } name || !TrySkip() || !TryTake('=') || !TrySkip() || ReadValue() is not { } value || !TrySkip())
                return null;
            properties.Add(new AuthenticationMethodProperty(type, name, value));
        }

        return new AuthenticationMethodResult(method, result, properties) { MethodVersion = version, Reason = reason };
    }

    private readonly char Peek => at < text.Length ? text[at] : '\0';

    private bool TryTake(char wanted)
    {
        if (Peek != wanted || at == text.Length)
            return false;
        at++;
        return true;
    }

    /// <summary>Passes over blanks, folds and comments; false when a comment does not end.</summary>
    private bool TrySkip()
    {
        for (var depth = 0; ; at++)
        {
            if (at >= text.Length)
                return depth is 0;
            switch (text[at])
            {
                case '(' when depth < MostCommentDepth: depth++; break;
                case '(': return false;
                case ')' when depth > 0: depth--; break;
                case '\\' when depth > 0: at++; break;
                case ' ' or '\t' or '\r' or '\n': break;
                default:
                    if (depth is 0)
                        return true;
                    break;
            }
        }
    }

    /// <summary>A keyword in lower case.</summary>
    private string ReadWord()
    {
        var begun = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '-' or '_'))
            at++;
        return text[begun..at].ToString().ToLowerInvariant();
    }

    private int? ReadNumber()
    {
        var begun = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        return int.TryParse(text[begun..at], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>A quoted string, or what stands there up to a blank, a semicolon or a comment; null when a quote does not end.</summary>
    private string? ReadValue()
    {
        var value = new StringBuilder();
        while (at < text.Length && text[at] is not (' ' or '\t' or '\r' or '\n' or ';' or '('))
        {
            if (text[at] is not '"')
            {
                value.Append(text[at++]);
                continue;
            }

            for (at++; ; at++)
            {
                if (at < text.Length && text[at] is '\\')
                    at++;
                else if (at < text.Length && text[at] is '"')
                    break;
                if (at >= text.Length)
                    return null;
                value.Append(text[at]);
            }

            at++;
        }

        return value.ToString();
    }
}
