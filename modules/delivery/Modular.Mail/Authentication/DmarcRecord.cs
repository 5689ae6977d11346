namespace Modular.Mail.Authentication;

/// <summary>What a domain asks receivers to do with mail that is not its own (RFC 9989 §4.7).</summary>
public enum DmarcPolicy
{
    None,
    Quarantine,
    Reject,
}

/// <summary>A published DMARC record, read. Unknown tags are passed over; pct, rf and ri are unknown since RFC 9989.</summary>
/// <param name="Policy">p=; none when it is missing.</param>
/// <param name="SubdomainPolicy">sp=, for subdomains that exist; p= when it is missing.</param>
/// <param name="NonexistentPolicy">np=, for subdomains that do not exist; sp= when it is missing.</param>
/// <param name="IsDkimStrict">adkim=s: the signature's domain is the author's, to the letter.</param>
/// <param name="IsSpfStrict">aspf=s.</param>
/// <param name="IsPublicSuffix">psd=: true for a domain that others register below (y), false for an organisation's own (n), null when it does not say (u).</param>
/// <param name="IsTesting">t=y: act one step milder than is asked.</param>
/// <param name="ReportTo">rua=, as written.</param>
public sealed record DmarcRecord(
    DmarcPolicy Policy, DmarcPolicy SubdomainPolicy, DmarcPolicy NonexistentPolicy, bool IsDkimStrict, bool IsSpfStrict, bool? IsPublicSuffix, bool IsTesting,
    IReadOnlyList<string> ReportTo)
{
    private const int MostTags = 64;

    /// <summary>True for a text whose first tag says that it is one; others at the same name are passed over (RFC 9989 §4.10).</summary>
    public static bool IsOne(string text)
    {
        var first = text.AsSpan(0, text.IndexOf(';', StringComparison.Ordinal) is >= 0 and var end ? end : text.Length);
        var equals = first.IndexOf('=');
        return equals > 0 && first[..equals].Trim(" \t") is "v" && first[(equals + 1)..].Trim(" \t") is "DMARC1";
    }

    /// <summary>
    /// Null when it cannot be used: it is none, or p=, sp= or np= is something else than the three policies and nobody is named to be told
    /// so (rua=); with rua= it counts as one that asks for nothing (RFC 9989 §4.10.1).
    /// </summary>
    public static DmarcRecord? Parse(string text)
    {
        if (!IsOne(text))
            return null;
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text.Split(';', MostTags))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                tags.TryAdd(pair[..equals].Trim(' ', '\t'), pair[(equals + 1)..].Trim(' ', '\t'));
        }

        var reportTo = (tags.GetValueOrDefault("rua") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(uri => Uri.TryCreate(uri, UriKind.Absolute, out _)).ToList();
        var isFaulty = Policy("p", out var policy) | Policy("sp", out var subdomains) | Policy("np", out var nonexistent);
        if (isFaulty && reportTo.Count is 0)
            return null;
        if (isFaulty)
            policy = subdomains = nonexistent = null;
        return new DmarcRecord(
            policy ?? default, subdomains ?? policy ?? default, nonexistent ?? subdomains ?? policy ?? default,
            Is("adkim", "s"), Is("aspf", "s"), Is("psd", "y") ? true : Is("psd", "n") ? false : null, Is("t", "y"), reportTo);

        bool Is(string tag, string value) => tags.TryGetValue(tag, out var found) && found.Equals(value, StringComparison.OrdinalIgnoreCase);

        // True when the tag is there and says nothing known.
        bool Policy(string tag, out DmarcPolicy? found)
        {
            found = tags.GetValueOrDefault(tag)?.ToLowerInvariant() switch
            {
                "none" => DmarcPolicy.None,
                "quarantine" => DmarcPolicy.Quarantine,
                "reject" => DmarcPolicy.Reject,
                _ => null,
            };
            return found is null && tags.ContainsKey(tag);
        }
    }
}
