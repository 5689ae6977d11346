using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Modular.Tenancy.SmtpCredentials;

/// <summary>Domains as they are typed and stored: lower case, A-labels (RFC 5890 §2.3.2.1). Whether mail may be sent from one is delivery's to say, at each message.</summary>
internal sealed class DomainNames
{
    private const int Most = 100;

    private static readonly char[] Between = [',', ';', ' ', '\t', '\r', '\n'];

    private readonly IReadOnlyList<string> _names;

    private DomainNames(IReadOnlyList<string> names) => _names = names;

    public bool IsEmpty => _names.Count == 0;

    public static bool TryParse(string? text, [NotNullWhen(true)] out DomainNames? domains, [NotNullWhen(false)] out Fault? fault)
    {
        (domains, fault) = (null, null);
        var found = new List<string>();
        foreach (var word in (text ?? "").Split(Between, StringSplitOptions.RemoveEmptyEntries))
        {
            if (Ascii(word) is not { } name)
            {
                fault = new BadDomain(word.Length > 60 ? word[..60] + "…" : word);
                return false;
            }
            if (!found.Contains(name, StringComparer.Ordinal)) found.Add(name);
            if (found.Count <= Most) continue;
            fault = new TooManyDomains(Most);
            return false;
        }
        domains = new DomainNames(found);
        return true;
    }

    public override string ToString() => string.Join(' ', _names);

    private static string? Ascii(string word)
    {
        try
        {
            var name = new IdnMapping().GetAscii(word.TrimEnd('.')).ToLowerInvariant();
            return name.Contains('.', StringComparison.Ordinal) && Uri.CheckHostName(name) is UriHostNameType.Dns ? name : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
