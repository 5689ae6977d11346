using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Modular.Mail.Authentication;

/// <summary>A published policy, read (RFC 7208 §4.6, §5 and §6). One fault anywhere makes all of it unusable, as the standard wants.</summary>
public sealed record SpfRecord
{
    private const int MostTerms = 200;

    private SpfRecord()
    {
    }

    /// <summary>In their order; what matches first decides.</summary>
    public IReadOnlyList<SpfMechanism> Mechanisms { get; private init; } = [];

    /// <summary>Whose record decides when nothing here matches; null when nobody's.</summary>
    public string? Redirect { get; private init; }

    /// <summary>Where the explanation of a fail is published; null when nowhere.</summary>
    public string? Explanation { get; private init; }

    /// <summary>What is wrong, naming the term; null when the record can be used.</summary>
    public string? Fault { get; private init; }

    /// <summary>True for a text that is meant as an SPF record, be it a faulty one (RFC 7208 §4.5).</summary>
    public static bool IsOne(string text) =>
        text.StartsWith("v=spf1", StringComparison.OrdinalIgnoreCase) && (text.Length is 6 || text[6] is ' ');

    /// <param name="text">The record's strings, joined.</param>
    public static SpfRecord Parse(string text)
    {
        if (!IsOne(text))
            return new SpfRecord { Fault = "it does not begin with v=spf1" };
        if (text.Any(c => c is < ' ' or > '~'))
            return new SpfRecord { Fault = "it holds characters other than printable ASCII" };
        var terms = text[6..].Split(' ', MostTerms + 1, StringSplitOptions.RemoveEmptyEntries);
        if (terms.Length > MostTerms)
            return new SpfRecord { Fault = $"it has more than {MostTerms} terms" };

        var mechanisms = new List<SpfMechanism>(terms.Length);
        var (redirect, explanation) = ((string?)null, (string?)null);
        foreach (var term in terms)
        {
            var equals = term.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && IsName(term.AsSpan(0, equals)))
            {
                var (name, value) = (term[..equals].ToLowerInvariant(), term[(equals + 1)..]);
                var isKnown = name is "redirect" or "exp";
                if (!(isKnown ? SpfMacro.IsDomainSpec(value) : SpfMacro.IsMacroString(value)) || (name is "redirect" && redirect is not null) || (name is "exp" && explanation is not null))
                    return new SpfRecord { Fault = $"{Shown(term)} is malformed or there twice" };
                redirect = name is "redirect" ? value : redirect;
                explanation = name is "exp" ? value : explanation;
            }
            else if (SpfMechanism.Parse(term) is { } mechanism)
            {
                mechanisms.Add(mechanism);
            }
            else
            {
                return new SpfRecord { Fault = $"{Shown(term)} is no term that SPF knows" };
            }
        }

        return new SpfRecord { Mechanisms = mechanisms, Redirect = redirect, Explanation = explanation };
    }

    private static bool IsName(ReadOnlySpan<char> name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
                return false;
        }

        return char.IsAsciiLetter(name[0]);
    }

    private static string Shown(string term) => term.Length > 60 ? term[..60] + "…" : term;
}

/// <summary>The kinds of mechanism (RFC 7208 §5).</summary>
public enum SpfMechanismKind
{
    All,
    Include,
    A,
    Mx,

    /// <summary>ptr, which the standard advises against.</summary>
    Reverse,

    Ip4,
    Ip6,
    Exists,
}

/// <param name="Verdict">What a match means.</param>
/// <param name="Domain">A domain-spec, macros and all; null means the domain itself.</param>
/// <param name="Network">Of ip4 and ip6.</param>
/// <param name="Prefix4">How many bits of an IPv4 address count.</param>
/// <param name="Prefix6">How many bits of an IPv6 address count.</param>
public sealed record SpfMechanism(SpfVerdict Verdict, SpfMechanismKind Kind, string? Domain, IPAddress? Network, int Prefix4, int Prefix6)
{
    /// <summary>As it is written in a record.</summary>
    public string Name => Kind is SpfMechanismKind.Reverse ? "ptr" : Kind.ToString().ToLowerInvariant();

    /// <summary>It costs one of the ten terms that may ask the domain name system (RFC 7208 §4.6.4).</summary>
    public bool IsLookup => Kind is not (SpfMechanismKind.All or SpfMechanismKind.Ip4 or SpfMechanismKind.Ip6);

    /// <summary>Null when the term is none.</summary>
    public static SpfMechanism? Parse(string term)
    {
        var verdict = term[0] switch { '+' => SpfVerdict.Pass, '-' => SpfVerdict.Fail, '~' => SpfVerdict.SoftFail, '?' => SpfVerdict.Neutral, _ => (SpfVerdict?)null };
        var text = verdict is null ? term : term[1..];
        var end = text.AsSpan().IndexOfAny(':', '/') is >= 0 and var found ? found : text.Length;
        var rest = text[end..];
        var read = text[..end].ToLowerInvariant() switch
        {
            "all" when rest.Length is 0 => Plain(SpfMechanismKind.All, null),
            "include" => Named(SpfMechanismKind.Include, rest),
            "exists" => Named(SpfMechanismKind.Exists, rest),
            "ptr" => rest.Length is 0 ? Plain(SpfMechanismKind.Reverse, null) : Named(SpfMechanismKind.Reverse, rest),
            "a" => WithPrefixes(SpfMechanismKind.A, rest),
            "mx" => WithPrefixes(SpfMechanismKind.Mx, rest),
            "ip4" => OfNetwork(SpfMechanismKind.Ip4, rest, AddressFamily.InterNetwork, 32),
            "ip6" => OfNetwork(SpfMechanismKind.Ip6, rest, AddressFamily.InterNetworkV6, 128),
            _ => null,
        };
        return read is null ? null : read with { Verdict = verdict ?? SpfVerdict.Pass };
    }

    private static SpfMechanism Plain(SpfMechanismKind kind, string? domain) => new(SpfVerdict.Pass, kind, domain, null, 32, 128);

    private static SpfMechanism? Named(SpfMechanismKind kind, string rest) =>
        rest.Length > 1 && rest[0] is ':' && SpfMacro.IsDomainSpec(rest[1..]) ? Plain(kind, rest[1..]) : null;

    private static SpfMechanism? WithPrefixes(SpfMechanismKind kind, string rest)
    {
        var (prefix4, prefix6) = (32, 128);
        if (rest.LastIndexOf("//", StringComparison.Ordinal) is >= 0 and var two)
        {
            if (!TryPrefix(rest[(two + 2)..], 128, out prefix6))
                return null;
            rest = rest[..two];
        }

        // A slash inside a macro is one of its delimiters, not the start of a length.
        if (rest.LastIndexOf('/') is >= 0 and var one && one > rest.LastIndexOf('}'))
        {
            if (!TryPrefix(rest[(one + 1)..], 32, out prefix4))
                return null;
            rest = rest[..one];
        }

        if (rest.Length is 0)
            return Plain(kind, null) with { Prefix4 = prefix4, Prefix6 = prefix6 };
        return Named(kind, rest) is { } named ? named with { Prefix4 = prefix4, Prefix6 = prefix6 } : null;
    }

    private static SpfMechanism? OfNetwork(SpfMechanismKind kind, string rest, AddressFamily family, int most)
    {
        if (rest.Length < 2 || rest[0] is not ':')
            return null;
        var prefix = most;
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && !TryPrefix(rest[(slash + 1)..], most, out prefix))
            return null;
        var text = slash < 0 ? rest[1..] : rest[1..slash];
        if (text.Any(c => !char.IsAsciiHexDigit(c) && c is not ('.' or ':')) || (family is AddressFamily.InterNetwork && text.Count(c => c is '.') is not 3)
            || !IPAddress.TryParse(text, out var network) || network.AddressFamily != family)
            return null;
        return new SpfMechanism(SpfVerdict.Pass, kind, null, network, prefix, prefix);
    }

    private static bool TryPrefix(string text, int most, out int prefix) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out prefix) && prefix <= most && (text.Length is 1 || text[0] is not '0');
}
