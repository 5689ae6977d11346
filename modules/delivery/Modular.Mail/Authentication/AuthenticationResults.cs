using System.Globalization;
using System.Text;

namespace Modular.Mail.Authentication;

/// <summary>
/// An Authentication-Results field (RFC 8601 §2.2): who checked a message and what came out. Only one that our own border wrote, under our own
/// id, may be believed; others are whatever the sender liked to write (RFC 8601 §5).
/// </summary>
/// <param name="AuthservId">Who says so; a host name as a rule.</param>
/// <param name="Results">In their order; empty when nothing was checked.</param>
public sealed record AuthenticationResults(string AuthservId, IReadOnlyList<AuthenticationMethodResult> Results)
{
    public const string FieldName = "Authentication-Results";

    private const int LineOctets = 78;
    private const string Token = "!#$%&'*+-.^_`{|}~";

    /// <summary>The whole field: folded at its semicolons, ended by CRLF, ASCII. What cannot stand in it is replaced, so nothing can be added to the header through it.</summary>
    public string ToField()
    {
        var field = new StringBuilder().Append(FieldName).Append(": ").Append(Value(AuthservId));
        if (Results.Count is 0)
            return field.Append("; none\r\n").ToString();
        foreach (var result in Results)
        {
            field.Append(";\r\n ").Append(Word(result.Method));
            if (result.MethodVersion is { } version)
                field.Append(CultureInfo.InvariantCulture, $"/{version}");
            field.Append('=').Append(Word(result.Result));
            var column = field.Length - field.ToString().LastIndexOf('\n') - 1;
            if (result.Comment is { Length: > 0 } comment)
                Add(field, $"({Comment(comment)})", ref column);
            if (result.Reason is { Length: > 0 } reason)
                Add(field, $"reason={Quoted(reason)}", ref column);
            foreach (var property in result.Properties)
                Add(field, $"{Word(property.Type)}.{Word(property.Name)}={Value(property.Value)}", ref column);
        }

        return field.Append("\r\n").ToString();
    }

    /// <summary>Reads a field's value, unfolded or not; null when it is none. Comments are passed over.</summary>
    public static AuthenticationResults? Parse(string value) => AuthenticationResultsReader.Read(value);

    private static void Add(StringBuilder field, string text, ref int column)
    {
        var folds = column + 1 + text.Length > LineOctets;
        field.Append(folds ? "\r\n  " : " ").Append(text);
        column = (folds ? 2 : column + 1) + text.Length;
    }

    private static string Word(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? text : "unknown";

    /// <summary>A token or an address as it is, else a quoted string (RFC 8601 §2.2, pvalue).</summary>
    private static string Value(string text)
    {
        var at = text.LastIndexOf('@');
        return text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '@' || Token.Contains(c)) && at == text.IndexOf('@') && at < text.Length - 1
            && !(at >= 0 && (text[(at + 1)..].Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-')) || text.StartsWith('.') || text.Contains("..", StringComparison.Ordinal)))
            ? text
            : Quoted(text);
    }

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is '"' or '\\')
                quoted.Append('\\');
            quoted.Append(c is >= ' ' and <= '~' ? c : '?');
        }

        return quoted.Append('"').ToString();
    }

    private static string Comment(string text) => string.Concat(text.Select(c => c is >= ' ' and <= '~' and not ('(' or ')' or '\\') ? c : ' '));
}

/// <param name="Method">Such as spf, dkim or dmarc.</param>
/// <param name="Result">Such as pass, in lower case.</param>
/// <param name="Properties">What was looked at.</param>
public sealed record AuthenticationMethodResult(string Method, string Result, IReadOnlyList<AuthenticationMethodProperty> Properties)
{
    /// <summary>Null stands for 1.</summary>
    public int? MethodVersion { get; init; }

    /// <summary>Why, for people; null when it does not say.</summary>
    public string? Reason { get; init; }

    /// <summary>Written after the result; never read.</summary>
    public string? Comment { get; init; }
}

/// <param name="Type">Where the value is from: smtp, header, body or policy.</param>
/// <param name="Name">Such as mailfrom or d.</param>
public sealed record AuthenticationMethodProperty(string Type, string Name, string Value);
