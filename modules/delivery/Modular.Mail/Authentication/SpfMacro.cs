using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Modular.Mail.Authentication;

/// <summary>What the letters of a macro stand for (RFC 7208 §7.2).</summary>
/// <param name="Sender">local@domain.</param>
/// <param name="Domain">The domain whose record is being read.</param>
/// <param name="Helo">What the client greeted with.</param>
/// <param name="Receiver">Our own host name; only explanations show it.</param>
/// <param name="Now">Only explanations show it.</param>
internal readonly record struct SpfMacroValues(string Sender, string Domain, IPAddress Client, string Helo, string Receiver, DateTimeOffset Now);

/// <summary>Macros in domain-specs and explanations (RFC 7208 §7).</summary>
internal static class SpfMacro
{
    private const string Letters = "slodiphv", LettersOfExplanations = "crt";
    private static readonly SearchValues<char> Delimiters = SearchValues.Create(".-+,/_=");
    private static readonly SearchValues<char> LettersOfHosts = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

    private const int MaxNameLength = 253, MaxExpandedLength = 4096;

    /// <summary>True for macros and visible characters, in the order the grammar has them (RFC 7208 §7.1).</summary>
    public static bool IsMacroString(string text, bool isExplanation = false)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] is not '%')
            {
                if (text[at] is < '!' or > '~' && !(isExplanation && text[at] is ' '))
                    return false;
                continue;
            }

            if (++at == text.Length)
                return false;
            if (text[at] is '%' or '_' or '-')
                continue;
            if (text[at] is not '{' || text.IndexOf('}', at) is not (>= 0 and var end) || !IsMacro(text.AsSpan(at + 1, end - at - 1), isExplanation))
                return false;
            at = end;
        }

        return true;
    }

    /// <summary>A macro string that ends with a macro or with a label that can be a top-level domain (RFC 7208 §7.1).</summary>
    public static bool IsDomainSpec(string text)
    {
        if (text.Length is 0 || !IsMacroString(text))
            return false;
        if (text[^1] is '}' || text.EndsWith("%%", StringComparison.Ordinal) || text.EndsWith("%_", StringComparison.Ordinal) || text.EndsWith("%-", StringComparison.Ordinal))
            return text[^1] is '}' || text.Length > 2;
        var plain = text.EndsWith('.') ? text.AsSpan(0, text.Length - 1) : text;
        var dot = plain.LastIndexOf('.');
        if (dot < 0)
            return false;
        var label = plain[(dot + 1)..];
        return label.Length > 0 && label[0] is not '-' && label[^1] is not '-' && !label.ContainsAnyExcept(LettersOfHosts) && label.ContainsAnyExceptInRange('0', '9');
    }

    /// <summary>True when <c>%{p}</c>, which has to be asked for, occurs.</summary>
    public static bool NeedsValidatedName(string text) => text.Contains("%{p", StringComparison.OrdinalIgnoreCase);

    /// <param name="text">Has passed one of the checks above.</param>
    /// <param name="validatedName">For <c>%{p}</c>.</param>
    public static string Expand(string text, in SpfMacroValues values, string validatedName)
    {
        var result = new StringBuilder();
        for (var at = 0; at < text.Length && result.Length < MaxExpandedLength; at++)
        {
            if (text[at] is not '%')
            {
                result.Append(text[at]);
                continue;
            }

            switch (text[++at])
            {
                case '%': result.Append('%'); break;
                case '_': result.Append(' '); break;
                case '-': result.Append("%20"); break;
                default:
                    var end = text.IndexOf('}', at);
                    result.Append(Value(text.AsSpan(at + 1, end - at - 1), values, validatedName));
                    at = end;
                    break;
            }
        }

        return result.ToString();
    }

    /// <summary>As <see cref="Expand"/>; labels are taken off the left until the rest can be a name (RFC 7208 §7.3).</summary>
    public static string ExpandName(string text, in SpfMacroValues values, string validatedName)
    {
        var name = Expand(text, values, validatedName).TrimEnd('.');
        while (name.Length > MaxNameLength && name.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot)
            name = name[(dot + 1)..];
        return name;
    }

    /// <summary>192.0.2.1, or the 32 nibbles of an IPv6 address with dots between them (RFC 7208 §7.3).</summary>
    public static string Dotted(IPAddress address) => address.AddressFamily is AddressFamily.InterNetwork
        ? address.ToString()
        : string.Join('.', Convert.ToHexStringLower(address.GetAddressBytes()).AsEnumerable());

    private static bool IsMacro(ReadOnlySpan<char> macro, bool isExplanation)
    {
        if (macro.IsEmpty || !(Letters.Contains(char.ToLowerInvariant(macro[0])) || (isExplanation && LettersOfExplanations.Contains(char.ToLowerInvariant(macro[0])))))
            return false;
        var digits = SplitDigits(macro[1..], out var rest);
        if (digits.Length > 0 && (digits.Length > 3 || digits.TrimStart('0').IsEmpty))
            return false;
        if (!rest.IsEmpty && rest[0] is 'r' or 'R')
            rest = rest[1..];
        return !rest.ContainsAnyExcept(Delimiters);
    }

    private static string Value(ReadOnlySpan<char> macro, in SpfMacroValues values, string validatedName)
    {
        var at = values.Sender.LastIndexOf('@');
        var value = char.ToLowerInvariant(macro[0]) switch
        {
            's' => values.Sender,
            'l' => values.Sender[..at],
            'o' => values.Sender[(at + 1)..],
            'd' => values.Domain,
            'i' => Dotted(values.Client),
            'p' => validatedName,
            'v' => values.Client.AddressFamily is AddressFamily.InterNetwork ? "in-addr" : "ip6",
            'h' => values.Helo,
            'c' => values.Client.ToString(),
            'r' => values.Receiver,
            _ => values.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        };
        var digits = SplitDigits(macro[1..], out var rest);
        var isReversed = !rest.IsEmpty && rest[0] is 'r' or 'R';
        var delimiters = isReversed ? rest[1..] : rest;
        if (!digits.IsEmpty || isReversed || !delimiters.IsEmpty)
        {
            var parts = value.Split(delimiters.IsEmpty ? ['.'] : delimiters.ToArray());
            if (isReversed)
                Array.Reverse(parts);
            var kept = digits.IsEmpty ? parts.Length : Math.Min(parts.Length, int.Parse(digits, CultureInfo.InvariantCulture));
            value = string.Join('.', parts[^kept..]);
        }

        return char.IsAsciiLetterUpper(macro[0]) ? Uri.EscapeDataString(value) : value;
    }

    private static ReadOnlySpan<char> SplitDigits(ReadOnlySpan<char> text, out ReadOnlySpan<char> rest)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9') is >= 0 and var found ? found : text.Length;
        rest = text[end..];
        return text[..end];
    }
}
