namespace Modular.Mail.TransportSecurity;

/// <summary>The TXT record at <c>_mta-sts.</c> of a domain that says that there is a policy, and which (RFC 8461 §3.1).</summary>
public static class MtaStsRecord
{
    private const string Version = "v=STSv1";
    private const int MaxIdChars = 32;

    /// <param name="texts">All TXT records of the name, each with its strings joined.</param>
    /// <returns>The id of the policy; null when the domain has none, or more than one record that says so, or a broken one.</returns>
    public static string? FindId(IEnumerable<string> texts)
    {
        var ours = texts.Where(IsOurs).Take(2).ToList();
        if (ours is not [var text])
            return null;
        var ids = text.Split(';').Skip(1).Select(static field => field.Trim(' ', '\t')).Where(static field => field.StartsWith("id=", StringComparison.Ordinal)).ToList();
        return ids is [['i', 'd', '=', .. { Length: > 0 and <= MaxIdChars } id], ..] && id.All(char.IsAsciiLetterOrDigit) ? id : null;
    }

    private static bool IsOurs(string text) => text.StartsWith(Version, StringComparison.Ordinal) && text.AsSpan(Version.Length).TrimStart(" \t") is [';', ..];
}
