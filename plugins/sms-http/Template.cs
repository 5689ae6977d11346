using System.Text.Encodings.Web;
using System.Text.RegularExpressions;

namespace Modular.Plugins.SmsHttp;

/// <summary>Text with <c>{to}</c>, <c>{digits}</c>, <c>{text}</c> and <c>{secret}</c> in it. What is filled in is escaped to fit the place, so that no value can change the request's shape.</summary>
internal static partial class Template
{
    /// <exception cref="SmsFaultException">It names something that nobody fills in.</exception>
    public static string Fill(string setting, string template, SmsMessage message, string secret, Func<string, string> escape) => Placeholder().Replace(template, found => escape(found.Groups[1].Value switch
    {
        "to" => message.To,
        "digits" => message.To.TrimStart('+'),
        "text" => message.Text,
        "secret" => secret,
        var other => throw new SmsFaultException($"The setting '{setting}' names {{{other}}}, which nobody fills in. There are {{to}}, {{digits}}, {{text}} and {{secret}}.", isTransient: false),
    }));

    /// <summary>How a value is written inside a body of this type.</summary>
    /// <exception cref="SmsFaultException">The type is none that we know how to escape for.</exception>
    public static Func<string, string> EscapeFor(string mediaType) => mediaType switch
    {
        "application/json" => JavaScriptEncoder.Default.Encode,
        "application/x-www-form-urlencoded" => Uri.EscapeDataString,
        "application/xml" or "text/xml" => static value => System.Security.SecurityElement.Escape(value),
        "text/plain" => static value => value,
        _ => throw new SmsFaultException($"The type '{mediaType}' is none of application/json, application/x-www-form-urlencoded, application/xml, text/xml and text/plain.", isTransient: false),
    };

    /// <summary>A word in braces and nothing else: the braces of JSON are left alone.</summary>
    [GeneratedRegex(@"\{([a-z_]+)\}", RegexOptions.NonBacktracking)]
    private static partial Regex Placeholder();
}
